"""Which components, in which order, wired how."""
