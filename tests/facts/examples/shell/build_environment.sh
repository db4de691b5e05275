# expect: planted-preload | source: T1574.006
echo "BASH_ENV=/tmp/look.sh" >> "$GITHUB_ENV"
