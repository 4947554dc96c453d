"""densexplain: explain a radiograph classifier to those who must decide whether to trust it.

Importing this package imports neither TensorFlow nor Streamlit.
"""

__version__ = "0.1.0"
