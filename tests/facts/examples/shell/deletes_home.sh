# expect: destruction | source: T1485
find . -type d > /dev/null
rm -rf "$HOME"
