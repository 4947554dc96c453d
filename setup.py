"""Put the app beside the library in a wheel, so that ``densexplain serve`` works from any folder.

Everything else about the package is declared in pyproject.toml. Model sets stay
outside: they are large, and each site has its own.
"""

from pathlib import Path
from shutil import copy2, copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py

APP = ("app.py", "pages", "assets", ".streamlit/config.toml")


class BuildWithApp(build_py):
    """Copies the app into ``densexplain/installed``, where `densexplain.settings.PROJECT_FOLDER` looks for it."""

    def run(self) -> None:
        """Build the library, then add the app; an editable installation finds it in the project."""
        super().run()
        if self.editable_mode:
            return
        for name in APP:
            target = Path(self.build_lib, "densexplain", "installed", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if Path(name).is_dir():
                copytree(name, target, ignore=ignore_patterns("__pycache__"), dirs_exist_ok=True)
            else:
                copy2(name, target)


setup(cmdclass={"build_py": BuildWithApp})
