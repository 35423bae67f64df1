//! Analysis: what a recording shows.
