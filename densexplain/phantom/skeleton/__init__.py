"""The bones and the soft tissue of each extremity, at rest."""
