"""What somebody who knows ClickHouse would build without Marquee: the baselines that `make bench` races against."""
