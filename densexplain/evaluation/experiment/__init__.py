"""An experiment on phantoms: what becomes of a prediction without its text legend or image frame."""
