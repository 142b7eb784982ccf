"""The bus between machines: NATS JetStream carries the sheet log and the photos to reader nodes, and reads and rankings back.

Here live the connection, the streams, the newsroom's forwarder and a reader node's follower. It transports: what is printed and
what is counted is settled by the rooms whose files it copies, and both ends know by themselves how far they are. No Django.
"""
