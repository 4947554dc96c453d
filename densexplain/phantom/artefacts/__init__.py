"""What real radiographs show beside the patient: legends, markers, frames, collimation, a second exposure, dirt."""
