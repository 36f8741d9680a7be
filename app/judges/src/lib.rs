//! Learned rewards: what networks and language models say of an edit, read into scorecards. In process through `vision`,
//! or behind a server.
