"""What a prediction rests on: attribution of the logit, what-ifs, stability and the verdict."""
