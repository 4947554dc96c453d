"""What real radiographs show beside the patient: legends, markers, image frames, collimation, double exposure, dirt."""
