module github.com/postern-go/postern/benchmarks

go 1.25.0

require github.com/postern-go/postern v0.0.0-00010101000000-000000000000

replace github.com/postern-go/postern => ../
