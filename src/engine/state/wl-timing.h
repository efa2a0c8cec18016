/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-time.h"

/*
 * The times and limits of the engine, each with its reason. Times are in microseconds
 * (WL_SEC(), WL_MS()). docs/protocol.md B explains those that other
 * implementations rely on.
 */

/* Protocol */

#define WL_FACT_TTL           WL_SEC(255)
#define WL_CHUNK_PERIOD       WL_SEC(5)
#define WL_ALIVE_PERIOD       WL_SEC(30)
#define WL_ALIVE_MARGIN       (WL_FACT_TTL - WL_ALIVE_PERIOD)
#define WL_FACT_MARGIN        (WL_FACT_TTL / 2 + WL_CHUNK_PERIOD)
#define WL_HANDSHAKE_VALIDITY WL_MS(165334)
/* An Alive that expires sooner than this does not make a peer ready. */
#define WL_READY_LEFT          (WL_CHUNK_PERIOD / 2)
#define WL_AUTHORITATIVE_SINCE (WL_FACT_TTL + WL_CHUNK_PERIOD)
#define WL_AUTHORITATIVE_LEFT  (WL_CHUNK_PERIOD * 3 / 2)

/* Advertising */

/* A renewal that is due within this time is sent with the Alive: no wake-up of its own. */
#define WL_FACT_SLACK WL_SEC(15)
/* Alives that are due within this time are sent together. Half a period brings any two in step. */
#define WL_ALIVE_SLACK WL_SEC(15)
/* Between two datagrams of facts to one peer: what arrives together leaves together. */
#define WL_ADVERTISE_INTERVAL WL_MS(200)
/* Renewals are relayed within this time, batched. Two renewals by a Go daemon, 125 s each, plus
 * this stay below the 254 s for which a fact lives, so that a peer without acks can lose one. */
#define WL_RENEWAL_BATCH (WL_CHUNK_PERIOD / 2)
/* Between two full resends to one peer. */
#define WL_RESEND_INTERVAL WL_SEC(5)
/* After the socket refused a datagram. */
#define WL_SEND_RETRY WL_SEC(5)
/* After a snapshot that never came. */
#define WL_SNAPSHOT_RETRY WL_SEC(1)
/* The TTL of an Alive that requests one in return. A Go daemon, whose Alives have 255 s, sees no
 * difference; only native members, which the boot id shows, request one. */
#define WL_ALIVE_REPLY_TTL WL_SEC(254)
/* An Alive that comes sooner than this after the last one has a reason, such as a new path. */
#define WL_EARLY_ALIVE WL_SEC(25)
/* A fact that is renewed later than this was not advertised meanwhile: the 125 s of a Go daemon,
 * its 5 s chunk, and as much again for delays. */
#define WL_RETURNED_AFTER WL_SEC(135)
/* Between two changes of the own boot id, each of which makes every peer resend everything. */
#define WL_BOOT_ID_INTERVAL WL_SEC(60)
/* A source that was not heard for this time, more than two Alives, may be unreachable: its silence
 * about a member means nothing. Less than the 130 s for which its facts outlive it. */
#define WL_AUTHORITATIVE_HEARD WL_SEC(75)

/* Connect (docs/engine.md "Connect") */

/* For one candidate in the first round: a round trip around the world and the tie-breaker. */
#define WL_SLOT_FIRST WL_MS(500)
/* For one candidate in later rounds: WireGuard's own retry interval. */
#define WL_SLOT_LATER WL_SEC(5)
/* When the device is read after a try: nearby, distant and slow peers. */
#define WL_CONNECT_POLL_1 WL_MS(100)
#define WL_CONNECT_POLL_2 WL_MS(300)
#define WL_CONNECT_POLL_3 WL_SEC(1)
/* The rate of all initiations without a session: ten a second after a burst of ten. */
#define WL_INITIATION_INTERVAL WL_MS(100)
#define WL_INITIATION_BURST    10
/* Between two initiations to one endpoint, as WireGuard itself. */
#define WL_INITIATION_RETRY WL_SEC(5)
/* WireGuard's time stamps are coarse: the second of two initiations that are closer than this looks
 * like a replay of the first. */
#define WL_INITIATION_SPACING WL_MS(25)
/* The tie-breaker: how long the member with the greater key waits for the initiation of the other.
 * More than WL_NEIGHBOR_WAIT, which only one of the two may need. */
#define WL_CONNECT_HEAD_START WL_MS(100)
/* Packets arrived without a session: a handshake that is under way completes within this time. */
#define WL_CONNECT_CROSSED WL_MS(300)
/* The slot is extended by this time when initiations crossed: one more handshake. */
#define WL_CONNECT_CROSSED_WAIT WL_SEC(1)
/* Between two tries of one peer from behind a captive portal, which drops them. */
#define WL_PORTAL_INTERVAL WL_SEC(60)
/* Between two rounds, doubling: a peer that returns is found soon, one that stays away is cheap. */
#define WL_BACKOFF_FIRST WL_SEC(2)
#define WL_BACKOFF_MAX   WL_SEC(300)
/* A basic peer that facts named is usually a phone whose user has to begin. */
#define WL_BACKOFF_BASIC_MAX WL_SEC(1800)
/* Between two tries of one on-demand peer, however much traffic there is for it. */
#define WL_ON_DEMAND_RETRY WL_SEC(60)
/* Between two requests for one name, doubling. */
#define WL_RESOLVE_FIRST WL_SEC(1)
#define WL_RESOLVE_MAX   WL_SEC(300)
/* A resolver that did not answer for this time never will. */
#define WL_RESOLVE_LOST WL_SEC(60)
/* An endpoint that worked stays a candidate for this time. */
#define WL_WORKED_TTL WL_SEC(3600)

/* On-link addresses (docs/engine.md "On-link addresses"). A kernel knows within moments that an
 * address has a neighbor, and after 3 s that it has none. */

/* After this time other candidates come first. */
#define WL_NEIGHBOR_WAIT WL_MS(50)
/* A result that did not come for this time never will. */
#define WL_NEIGHBOR_TIMEOUT WL_SEC(60)
/* An address without a neighbor is requested again after this time, doubling at most so often. */
#define WL_NEIGHBOR_RETRY           WL_SEC(60)
#define WL_NEIGHBOR_RETRY_DOUBLINGS 8
/* The rate of requests: a member that advertises thousands of addresses does not scan the local
 * network through this machine. */
#define WL_NEIGHBOR_INTERVAL WL_MS(100)
#define WL_NEIGHBOR_BURST    64

/* Roaming (docs/engine.md "Roaming") */

/* Silence of the current endpoint before another one is tried: the peer answers at once. */
#define WL_ROAMING_PATIENCE WL_SEC(1)
/* The same for peers that answer no echoes: WireGuard's passive keepalive comes after 10 s. */
#define WL_ROAMING_PATIENCE_NO_ECHO WL_SEC(11)
/* An Alive that was sent this long ago and not answered is silence. */
#define WL_ROAMING_SILENCE WL_SEC(15)
/* For an answer on the local network; packets to a wrong address are lost meanwhile. */
#define WL_ROAMING_UPGRADE_WAIT WL_MS(250)
/* Between two upgrades to one endpoint without success, doubling at most so often. */
#define WL_ROAMING_UPGRADE_RETRY     WL_SEC(600)
#define WL_ROAMING_UPGRADE_DOUBLINGS 8
/* So often the target of an upgrade is set: each packet in flight on the longer path undoes it. */
#define WL_ROAMING_REASSERTS 4
/* Between two rounds in which every candidate was silent, doubling. */
#define WL_ROAMING_RETRY_FIRST WL_SEC(5)
#define WL_ROAMING_RETRY_MAX   WL_SEC(60)

/* Path (docs/engine.md "Path"). Both sides use the same times, since neither may be able to tell
 * the other. */

/* Silence of a direct path with traffic after which it is probed: more than one lost packet. */
#define WL_PATH_QUIET WL_MS(1500)
/* Between two probes: more than the round trip of any usable path. */
#define WL_PATH_PROBE_INTERVAL WL_MS(500)
/* So many probes without ack, and so much silence, end the direct path. */
#define WL_PATH_PROBES  3
#define WL_PATH_SILENCE WL_SEC(3)
/* The same for peers that answer no echoes: a passive keepalive comes after 10 s. */
#define WL_PATH_SILENCE_NO_ECHO WL_SEC(15)
/* Between two probes while the router's path is in use, doubling up to this. */
#define WL_PATH_PROBE_MAX WL_SEC(60)
/* So many probes back an ack counts: the path may be slow. */
#define WL_PATH_ACK_WINDOW 8
/* An Alive is late: the direct path is checked even without traffic. */
#define WL_PATH_ALIVE_LATE (WL_ALIVE_PERIOD + WL_SEC(5))
/* A new epoch is announced this often until it is acked; after so many, at doubling intervals. */
#define WL_PATH_ANNOUNCE_INTERVAL WL_SEC(1)
#define WL_PATH_ANNOUNCE_FAST     10
#define WL_PATH_ANNOUNCE_MAX      WL_SEC(60)
/* Between falling back and promoting again, doubling while the path keeps failing. */
#define WL_PATH_HOLD_DOWN_MIN WL_SEC(2)
#define WL_PATH_HOLD_DOWN_MAX WL_SEC(60)
/* How long a path is checked after a reason: WL_PATH_SILENCE and a margin. */
#define WL_PATH_CHECK WL_SEC(5)
/* The rate of messages that answer others, so that two members cannot keep each other busy. */
#define WL_PATH_SEND_INTERVAL WL_MS(100)
#define WL_PATH_SEND_BURST    10

/* Path inference for Go members (docs/engine.md "Go members") */

/* Between two rounds of echoes in an observation window. */
#define WL_PATH_GO_ROUND WL_MS(100)
/* A Go daemon promotes at its next chunk; this is for what is in flight. */
#define WL_PATH_GO_WINDOW (WL_CHUNK_PERIOD + WL_MS(300))
/* If a sign is possible, the window stays open for this time longer; the same for a check. */
#define WL_PATH_GO_EXTRA WL_SEC(2)
/* After so many windows without a sign they open this much apart: the daemon does not want us. */
#define WL_PATH_GO_WINDOWS      3
#define WL_PATH_GO_WINDOW_RETRY WL_SEC(60)
/* Between two Alives in a window, doubling: the daemon waits for one, which may be lost. */
#define WL_PATH_GO_ALIVE WL_SEC(1)
/* After so many reverts the missing echo replies of the router's path no longer count. */
#define WL_PATH_GO_REVERTS 3
/* A reply is lost if it takes this much longer than the slowest so far. */
#define WL_PATH_GO_REPLY_SLACK WL_MS(60)
/* So many lost replies in a row are a sign: the second number on a path that lost some before. */
#define WL_PATH_GO_LOST       2
#define WL_PATH_GO_LOST_LOSSY 4
/* For a reply of a member whose packets arrive through the router: two round trips and a retry. */
#define WL_PATH_GO_GONE WL_SEC(2)

/* Overlay traffic (docs/engine.md "Overlay traffic") */

/* Between two snapshots while the counters grow. */
#define WL_TRAFFIC_POLL WL_SEC(1)
/* Without growth for this time, traffic has ended. */
#define WL_TRAFFIC_REST WL_SEC(5)
/* The kernel filters for so many prefixes of on-demand peers. */
#define WL_TRAFFIC_MAX_WANTED 32
/* WireGuard renews a session that is in use after this time. */
#define WL_REKEY_AFTER WL_SEC(120)
/* The current endpoint counts as one that worked if packets arrived within this time. */
#define WL_WORKED_RECENTLY WL_SEC(1)

/* Turn */

/* After the link refused a change of a peer, doubling. */
#define WL_CHANGE_RETRY     WL_SEC(1)
#define WL_CHANGE_RETRY_MAX WL_SEC(60)
/* Overlapping claims that change together are decided together. */
#define WL_ARBITRATION_DELAY WL_MS(200)
/* Changes within this time are saved together. */
#define WL_STATE_SAVE_DELAY WL_SEC(10)
/* A dump covers every peer and every change goes to every subscriber. Above so many peers both are
 * batched by this time for each peer, so that a hub of thousands stays responsive. */
#define WL_BATCH_PEERS     100
#define WL_DUMP_BATCH      ((gint64) 20) /* us */
#define WL_ADVERTISE_BATCH ((gint64) 40) /* us */

/* Limits (docs/engine.md "Limits") */

#define WL_MAX_FACT_SOURCES         20000
#define WL_MAX_FACT_SOURCES_OF_PEER 32 /* more, for each peer of the profile */
#define WL_MAX_FACTS_OF_SOURCE      10000
#define WL_MAX_UNTRUSTED            1000 /* facts that their source may not advertise */
#define WL_MAX_ENDPOINTS            16   /* of one subject */
#define WL_MAX_ENDPOINTS_OF_ONE     4    /* of one subject, from one source */
#define WL_MAX_LEARNED_PEERS        1000
#define WL_MAX_LOCAL_ADDRESSES      256
#define WL_MAX_NEIGHBORS            256
#define WL_MAX_RESOLVED             16 /* addresses of one name */
#define WL_MAX_SERVERS              64
#define WL_MAX_NONCES               32 /* of one peer */
/* Between two log lines that a table is full. */
#define WL_FULL_LOG_INTERVAL WL_SEC(3600)
