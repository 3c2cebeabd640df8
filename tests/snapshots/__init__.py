"""File-system snapshots, with stand-ins that really mount and with real btrfs."""
