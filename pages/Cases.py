"""Cases: what the paper argues from, each to be opened with its model set."""

from densexplain.ui.cases import cases
from densexplain.ui.page import page_setup

page_setup("Cases")
cases.draw()
