"""Labelled radiographs on disk, laid out as MURA is."""
