"""The engine on the phone itself: an indexing job that outlives the cable, and a relay that a client talks to.

The PC lists and compares as for any phone and sends an *order*: the photos left to read. The job carries it out as an
ordinary indexing job into a catalogue of its own, which is the *outbox*: what is decided there is collected by the PC,
committed to the real catalogue, and then released. So each photo is encoded once, wherever that is.
"""
