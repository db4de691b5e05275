"""Looking into what is there, whether or not it wants in: releases of an index, and what was accepted of what was found."""
