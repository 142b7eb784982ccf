"""Where the files of pictures come from: a directory, an archive, other machines. All of it is hostile until it was looked into."""
