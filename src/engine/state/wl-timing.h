/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-time.h"

/* The times and limits of the engine, each with its reason. Times are in microseconds (WL_SEC(),
 * WL_MS()). docs/protocol.md B explains those on which other implementations rely. */

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

/* A renewal that is due within this time is sent together with the Alive, which saves a wake-up. */
#define WL_FACT_SLACK WL_SEC(15)
/* Alives that are due within this time are sent together. Half a period is enough to synchronize
 * any two peers. */
#define WL_ALIVE_SLACK WL_SEC(15)
/* Interval between datagrams of facts to one peer: facts that arrive together are sent together. */
#define WL_ADVERTISE_INTERVAL WL_MS(200)
/* Renewals are batched and relayed within this time. Two renewal periods of a Go daemon (125 s
 * each) plus this delay are less than the 254 s that a fact lives, so a peer without acks can miss
 * one. */
#define WL_RENEWAL_BATCH (WL_CHUNK_PERIOD / 2)
/* A fact of another member that lives shorter than this is not relayed. Nothing that a member wants
 * others to know is renewed this late, and renewing shorter ones for every subscriber costs more
 * than they are worth. */
#define WL_RELAY_LIFE WL_SEC(30)
/* Interval between full resends to one peer. */
#define WL_RESEND_INTERVAL WL_SEC(5)
/* A peer whose boot id keeps changing gets one a minute after this many. */
#define WL_RESEND_BURST  12
#define WL_RESEND_REFILL WL_SEC(60)
/* Retry time after the socket refused a datagram. */
#define WL_SEND_RETRY WL_SEC(5)
/* Timeout of a snapshot, after which it is requested again. */
#define WL_SNAPSHOT_RETRY WL_SEC(1)
/* The TTL of an Alive that requests one in return (docs/protocol.md 17). The usual TTL is 255 s; a
 * Go daemon does not distinguish the two. Used between native members, which their boot ids
 * identify. */
#define WL_ALIVE_REPLY_TTL WL_SEC(254)
/* An Alive that follows the previous one sooner than this was sent for a reason, such as a new
 * path. */
#define WL_EARLY_ALIVE WL_SEC(25)
/* A source that renews a fact later than this had stopped advertising it: the 125 s period of a Go
 * daemon, one chunk of 5 s, and another 5 s for delays. */
#define WL_RETURNED_AFTER WL_SEC(135)
/* Interval between changes of the own boot id. Each change causes a full resend by every peer. */
#define WL_BOOT_ID_INTERVAL WL_SEC(60)
/* The same for boot ids that request lost facts, since the last change. Longer than the time after
 * which this member counts as authoritative again, with time to be believed: a member that may
 * advertise, and does so with short lives, must not keep it from being authoritative. Peers send
 * what was lost by themselves within a FactTTL. */
#define WL_FACT_LOST_INTERVAL WL_SEC(600)
/* A source that was silent for longer than this (more than two Alive periods) may be unreachable,
 * so a fact that it no longer advertises is not withdrawn. Less than the 130 s by which its facts
 * outlive it. */
#define WL_AUTHORITATIVE_HEARD WL_SEC(75)

/* Connect (docs/engine.md "Connect") */

/* Slots of a candidate in the first rounds, at least the usual round trip of the uplink: the NAT of
 * the peer opens only with what the peer sends, and the first initiation often comes before that.
 * As each slot is longer than the one before, no answer is too slow for all of them. */
#define WL_SLOT_1      WL_MS(300)
#define WL_SLOT_2      WL_MS(500)
#define WL_SLOT_3      WL_SEC(1)
#define WL_FAST_ROUNDS 4
/* Interval between the last of these tries and the next one: no endpoint gets more than four tries
 * within WL_INITIATION_RETRY. */
#define WL_FAST_PAUSE WL_MS(3400)
/* Restarts because of what others say that have all of them; further ones have the first. */
#define WL_FAST_BURST  3
#define WL_FAST_REFILL WL_SEC(300)
/* The first round of a peer with one candidate, configured: a server. */
#define WL_FAST_ROUNDS_SERVER 2
/* Candidates that are tried in all of these rounds, the best ones: one of each family. The others
 * are tried in the first one. */
#define WL_FAST_CANDIDATES 2
/* Slot of a candidate in the first round if others follow, which are tried later for it. */
#define WL_SLOT_SHARED WL_MS(500)
/* Slot of a candidate in later rounds: WireGuard's own retry interval. */
#define WL_SLOT_LATER WL_SEC(5)
/* The longest round trip that is waited for. */
#define WL_ROUND_TRIP_MAX WL_SEC(3)
/* Times after a try at which the device is read, for nearby, distant and slow peers. */
#define WL_CONNECT_POLL_1 WL_MS(100)
#define WL_CONNECT_POLL_2 WL_MS(300)
#define WL_CONNECT_POLL_3 WL_SEC(1)
/* Rate limit of initiations to all peers without a session: ten a second after a burst of ten. */
#define WL_INITIATION_INTERVAL WL_MS(100)
#define WL_INITIATION_BURST    10
/* For this time an initiation counts: peers with fewer come first. */
#define WL_INITIATION_SHARE WL_SEC(10)
/* Rate limit of initiations at the word of third parties, which also take only what peers leave.
 * For an honest one a try a second is enough, since it is the last of all sources. */
#define WL_THIRD_PARTY_INTERVAL WL_SEC(1)
#define WL_THIRD_PARTY_BURST    8
/* Interval between tries of one such endpoint, doubling, at most WL_BACKOFF_MAX: the second is the
 * first one that a peer can answer that learned of us later. */
#define WL_THIRD_PARTY_RETRY WL_SEC(10)
/* At the word of one third party, since a try at its word led to a session: this number, then one
 * in each interval, which doubles after each WL_THIRD_PARTY_DOUBLE tries. A member that names
 * endpoints without end, at none of which a peer is, costs two tries a minute. */
#define WL_THIRD_PARTY_FREE      8
#define WL_THIRD_PARTY_DOUBLE    4
#define WL_THIRD_PARTY_PAUSE     WL_SEC(1)
#define WL_THIRD_PARTY_PAUSE_MAX WL_SEC(30)
/* Interval between initiations to one endpoint, the same as in WireGuard, apart from the first
 * rounds. */
#define WL_INITIATION_RETRY WL_SEC(5)
/* Initiations to one address, of any port, at the word of others: a burst, then one in each
 * interval. As many as a peer that does not answer gets with its back-off. */
#define WL_ADDRESS_BURST    8
#define WL_ADDRESS_INTERVAL WL_SEC(60)
/* Longer than the full burst is needed to push an address out of the table. */
#define WL_ADDRESS_MAX 1024
/* Minimum interval between initiations to one peer. WireGuard's timestamps are coarse: an
 * initiation that follows another sooner than this is dropped as a replay. */
#define WL_INITIATION_SPACING WL_MS(25)
/* Head start of the tie-breaker: how long the member with the greater key waits for the initiation
 * of the other. It is on its way for half a round trip, and the other learns of this member a
 * little sooner or later. The first value counts if no round trip was measured; WL_NEIGHBOR_WAIT is
 * shorter, since only one of them may have to wait for neighbors. */
#define WL_CONNECT_HEAD_START       WL_MS(100)
#define WL_CONNECT_HEAD_START_SLACK WL_MS(10)
/* If packets arrived without a session, a handshake in progress completes within this time, or a
 * longer round trip. */
#define WL_CONNECT_CROSSED WL_MS(300)
/* Limit of handshakes of the peer, one after the other, that delay one try. */
#define WL_CONNECT_HOLDS 3
/* Extension of the slot after initiations crossed, enough for another handshake. */
#define WL_CONNECT_CROSSED_WAIT WL_SEC(1)
/* Interval between tries of one peer behind a captive portal, which drops them. */
#define WL_PORTAL_INTERVAL WL_SEC(60)
/* Back-off between rounds, doubling: finds a returning peer quickly and keeps an absent one cheap.
 */
#define WL_BACKOFF_FIRST WL_SEC(2)
#define WL_BACKOFF_MAX   WL_SEC(300)
/* After this number of rounds, about a quarter of an hour, a peer is long away. Until then
 * WireGuard's own retries find a server that restarts; then they are ended, which costs less and
 * permits more rounds for peers with a configured endpoint. */
#define WL_CONNECT_LONG_AWAY 13
#define WL_BACKOFF_LONG_AWAY WL_SEC(150)
/* The same for a learned basic peer, usually a phone, which initiates when its user needs it. */
#define WL_BACKOFF_BASIC_MAX WL_SEC(1800)
/* Interval between tries of one on-demand peer, regardless of the traffic for it. */
#define WL_ON_DEMAND_RETRY WL_SEC(60)
/* The same for a peer whose traffic goes by a router, if an endpoint of it worked lately: this
 * share of the time since there was a session, at least WL_INITIATION_RETRY and at most
 * WL_ON_DEMAND_RETRY. */
#define WL_ON_DEMAND_SHARE 16
/* Interval between requests for one name, doubling. */
#define WL_RESOLVE_FIRST WL_SEC(1)
#define WL_RESOLVE_MAX   WL_SEC(300)
/* The longest interval while overlay traffic waits for an answer of the peer. */
#define WL_RESOLVE_TRAFFIC WL_SEC(4)
/* Timeout of a request to the resolver. */
#define WL_RESOLVE_LOST WL_SEC(60)
/* The endpoint that worked last is tried first for this time. */
#define WL_WORKED_TTL WL_SEC(3600)
/* One that worked stays a candidate for this time: who is away for a month may come back to it. */
#define WL_HISTORY_TTL WL_SEC(30 * 86400)

/* On-link addresses (docs/engine.md "On-link addresses"). The kernel finds an existing neighbor
 * within milliseconds and reports a missing one after 3 s. */

/* How long a try waits for the result, before other candidates are tried first. */
#define WL_NEIGHBOR_WAIT WL_MS(50)
/* Timeout of a request to the kernel. */
#define WL_NEIGHBOR_TIMEOUT WL_SEC(60)
/* Retry time of an address without a neighbor, doubling up to two hours. */
#define WL_NEIGHBOR_RETRY     WL_SEC(60)
#define WL_NEIGHBOR_RETRY_MAX WL_SEC(7680)
/* Rate limit of requests: a member that advertises thousands of addresses must not make this
 * machine scan the local network. */
#define WL_NEIGHBOR_INTERVAL WL_MS(100)
#define WL_NEIGHBOR_BURST    64
/* For this time a request counts: a member leaves as many to the others as it caused. */
#define WL_NEIGHBOR_SHARE WL_SEC(10)
/* The same at the word of one member: all of its endpoints twice, then one in two seconds. */
#define WL_NEIGHBOR_OWN_INTERVAL WL_SEC(2)
#define WL_NEIGHBOR_OWN_BURST    (2 * WL_MAX_ENDPOINTS)

/* Endpoints inside the tunnel (docs/engine.md "Endpoints inside the tunnel") */

/* The endpoint outside is set again as often as needed for this time: longer than the 80 to 640 ms
 * by which NetworkManager installs the default route before the address. */
#define WL_OUTER_GRACE WL_SEC(1)
/* Interval between two times. */
#define WL_OUTER_SPACING WL_MS(100)
/* Interval between the end of one such time and the next, doubling: a peer that roams into the
 * tunnel on purpose causes no endless fight. */
#define WL_OUTER_INTERVAL_FIRST WL_SEC(10)
#define WL_OUTER_INTERVAL_MAX   WL_SEC(300)
/* Without such an endpoint for this time, the interval starts over. */
#define WL_OUTER_FORGOTTEN WL_SEC(600)
/* Interval between two reads of the device from the first time on, and how long it is read. */
#define WL_OUTER_CHECK WL_MS(250)
#define WL_OUTER_WATCH WL_SEC(2)

/* Silence (docs/engine.md "Silence"): within 5 s of the first lost packet, with a second for the
 * snapshot that shows it. */

/* Silence after something was sent until the peer is probed, the interval between probes, and their
 * number: one lost packet is no silence. */
#define WL_SILENCE_QUIET          WL_SEC(1)
#define WL_SILENCE_PROBE_INTERVAL WL_MS(1000)
#define WL_SILENCE_PROBES         2
/* The same for peers that do not answer probes: WireGuard's passive keepalive comes after 10 s. */
#define WL_SILENCE_NO_ECHO WL_SEC(11)
/* A peer that was heard within this time is not probed because a user looks. */
#define WL_SILENCE_RECENT WL_SEC(2)

/* Roaming (docs/engine.md "Roaming") */

/* Silence of the current endpoint after which another one is tried. Native members and peers that
 * reply to echoes answer at once. */
#define WL_ROAMING_PATIENCE WL_SEC(1)
/* The same for the current endpoint of a native member, whose round trip is measured: at least the
 * second value. If a router saw the peer move, a few packets that the old address did not get are
 * all there is to lose: at least the first value, and the second if nothing was measured. */
#define WL_ROAMING_PATIENCE_MIN   WL_MS(50)
#define WL_ROAMING_PATIENCE_MOVED WL_MS(200)
#define WL_ROAMING_PATIENCE_MAX   WL_SEC(3)
/* The same for other peers, which answer only with WireGuard's passive keepalive, after 10 s. */
#define WL_ROAMING_PATIENCE_NO_ECHO WL_SEC(11)
/* Inside a session an endpoint that became known within this time is tried before better ones. */
#define WL_ROAMING_NEWS WL_SEC(30)
/* Checks that endpoints of routers cause: as many as a person can move. The current endpoint stays
 * if it answers, so a wrong one costs two datagrams. */
#define WL_ROAMING_SIGHTING_BURST    8
#define WL_ROAMING_SIGHTING_INTERVAL WL_SEC(10)
/* Checks at the word of third parties, while there is no router. */
#define WL_ROAMING_HEARD_BURST    4
#define WL_ROAMING_HEARD_INTERVAL WL_SEC(60)
/* Several routers (docs/engine.md "Several routers"). Without traffic the current router is asked
 * when nothing was heard for this time, so that a leaf leaves a dead one within 20 s. */
#define WL_ROUTER_REST WL_SEC(14)
/* Another router is silent if its Alive is late, which comes every 30 to 35 s. */
#define WL_ROUTER_LATE WL_SEC(40)
/* A leaf that starts waits this long for an earlier router. */
#define WL_ROUTER_START WL_SEC(3)
/* An earlier router is used again after it was fine for the hold, which doubles while it keeps
 * failing, in a pause of the traffic or after the longest wait. */
#define WL_ROUTER_HOLD     WL_SEC(60)
#define WL_ROUTER_HOLD_MAX WL_SEC(3600)
#define WL_ROUTER_PAUSE    WL_SEC(600)
/* A fellow that does not answer for this time since the start is not there. */
#define WL_ROUTER_ALONE WL_SEC(20)
/* A leaf that says nothing of routers sends facts to its own alone: the router that gets some takes
 * it; the time that one that says it gets for that; and between two such takes. */
#define WL_ROUTER_CLAIM       WL_SEC(2)
#define WL_ROUTER_CLAIM_LATER WL_SEC(10) /* more, for a router that is not the first */
#define WL_ROUTER_CLAIM_AGAIN WL_SEC(60)
/* The peer is silent if an Alive was not answered for this time. */
#define WL_ROAMING_SILENCE WL_SEC(15)
/* Time for an answer on the local network. Packets to a wrong address are lost during this time. */
#define WL_ROAMING_UPGRADE_WAIT WL_MS(250)
/* Interval between failed upgrades to one endpoint, doubling up to a day. */
#define WL_ROAMING_UPGRADE_RETRY     WL_SEC(600)
#define WL_ROAMING_UPGRADE_RETRY_MAX WL_SEC(76800)
/* How often the target of an upgrade is set: each packet in flight on the longer path reverts it.
 */
#define WL_ROAMING_REASSERTS 4
/* Interval between rounds in which every candidate was silent, doubling. */
#define WL_ROAMING_RETRY_FIRST WL_SEC(5)
#define WL_ROAMING_RETRY_MAX   WL_SEC(60)

/* Path (docs/engine.md "Path"). Both sides use the same times, because messages between them may be
 * lost. */

/* Silence of a direct path in use after which it is probed. One lost packet does not cause it. */
#define WL_PATH_QUIET WL_MS(1500)
/* Interval between probes, longer than the round trip of any usable path. */
#define WL_PATH_PROBE_INTERVAL WL_MS(500)
/* Between requests for the Alive of a peer that sends path messages, but whose boot id is unknown.
 */
#define WL_PATH_INTRODUCTION WL_SEC(1)
/* The direct path is given up after this number of unacked probes and this duration of silence. */
#define WL_PATH_PROBES  3
#define WL_PATH_SILENCE WL_SEC(3)
/* The same for peers that do not answer echoes; their passive keepalive comes after 10 s. */
#define WL_PATH_SILENCE_NO_ECHO WL_SEC(15)
/* Interval between probes while the router's path is in use: this share of the time since it is,
 * at least WL_PATH_PROBE_INTERVAL and at most the maximum. A path that was in use before has the
 * smaller one for as long as a session lasts on a blocked path: it is used again within 2 s of its
 * mending. */
#define WL_PATH_PROBE_SHARE   16
#define WL_PATH_PROBE_MAX     WL_SEC(60)
#define WL_PATH_PROBE_BLOCKED WL_MS(1500)
/* The same where an answer is expected soon: on a path whose round trip with its variation is at
 * most WL_PATH_NEAR, and in an urgent check, in which the silence begins at once. Probes are as far
 * apart as the round trip, at least WL_PATH_NEAR_INTERVAL, or WL_PATH_URGENT_INTERVAL if it is not
 * known. A near path that dies is left after 0.8 s. */
#define WL_PATH_NEAR            WL_MS(20)
#define WL_PATH_NEAR_QUIET      WL_MS(400)
#define WL_PATH_NEAR_PROBES     4
#define WL_PATH_NEAR_INTERVAL   WL_MS(100)
#define WL_PATH_URGENT_INTERVAL WL_MS(150)
/* An ack of one of the last probes counts, up to this number, since the path may be slow. */
#define WL_PATH_ACK_WINDOW 8
/* After this time an Alive is late, and the direct path is checked even without traffic. */
#define WL_PATH_ALIVE_LATE (WL_ALIVE_PERIOD + WL_SEC(5))
/* Interval between announcements of a new epoch until it is acked. After the first
 * WL_PATH_ANNOUNCE_FAST the interval doubles, up to the maximum. */
#define WL_PATH_ANNOUNCE_INTERVAL WL_SEC(1)
#define WL_PATH_ANNOUNCE_FAST     10
#define WL_PATH_ANNOUNCE_MAX      WL_SEC(60)
/* Hold-down: time after a fall-back before the same path is promoted again, doubling while the path
 * keeps failing. A path that lasted WL_PATH_HOLD_DOWN_EARNED times its hold-down begins anew: no
 * flapping path is silent for more than an eighth of the time. */
#define WL_PATH_HOLD_DOWN_MIN    WL_SEC(2)
#define WL_PATH_HOLD_DOWN_MAX    WL_SEC(60)
#define WL_PATH_HOLD_DOWN_EARNED 10
/* Promotions of the direct path of one peer, by either end: each moves packets, and the hold-down
 * counts neither those that the peer decides nor another endpoint. */
#define WL_PATH_PROMOTION_BURST    12
#define WL_PATH_PROMOTION_INTERVAL WL_SEC(15)
/* Duration of a requested check: WL_PATH_SILENCE and a margin. */
#define WL_PATH_CHECK WL_SEC(5)
/* Rate limit of replies, so that two members cannot keep each other busy. */
#define WL_PATH_SEND_INTERVAL WL_MS(100)
#define WL_PATH_SEND_BURST    10
/* Probe requests that a router relays for one member, which may lose dozens of paths at the same
 * moment, but not all the time. */
#define WL_PATH_REQUEST_INTERVAL WL_SEC(10)
#define WL_PATH_REQUEST_BURST    64

/* Path inference for Go members (docs/engine.md "Go members") */

/* A peer that sent no Alive for this time in a session counts as a Go daemon whose Alive was lost.
 */
#define WL_PATH_GO_UNKNOWN WL_SEC(1)
/* Interval between rounds of echoes in an observation window. */
#define WL_PATH_GO_ROUND WL_MS(100)
/* Length of an observation window: a Go daemon promotes at its next chunk, plus the time in flight.
 */
#define WL_PATH_GO_WINDOW (WL_CHUNK_PERIOD + WL_MS(300))
/* Extension of a window or a check in which a sign is possible. */
#define WL_PATH_GO_EXTRA WL_SEC(2)
/* After this number of windows without a sign the daemon seems to prefer the router, and the next
 * ones open at this interval. */
#define WL_PATH_GO_WINDOWS      3
#define WL_PATH_GO_WINDOW_RETRY WL_SEC(60)
/* Windows of one peer, whatever ends an inference: its boot id may say native and go in turns, and
 * each window costs this member and the router 220 echoes. A daemon has one or two in each network.
 */
#define WL_PATH_GO_WINDOW_BURST  6
#define WL_PATH_GO_WINDOW_REFILL WL_PATH_GO_WINDOW_RETRY
/* Interval between Alives in a window, doubling: the daemon waits for one, which may be lost. */
#define WL_PATH_GO_ALIVE WL_SEC(1)
/* After this number of reverts, missing echo replies on the router's path no longer count as signs.
 */
#define WL_PATH_GO_REVERTS 3
/* A reply counts as lost if it is this much slower than the slowest one so far. */
#define WL_PATH_GO_REPLY_SLACK WL_MS(60)
/* Consecutive lost replies that are a sign; the second number applies to a path that lost replies
 * before. */
#define WL_PATH_GO_LOST       2
#define WL_PATH_GO_LOST_LOSSY 4
/* Time for a reply of a member whose packets arrive through the router: two round trips and a
 * retry. */
#define WL_PATH_GO_GONE WL_SEC(2)

/* Overlay traffic (docs/engine.md "Overlay traffic") */

/* Interval between snapshots while the counters grow. */
#define WL_TRAFFIC_POLL WL_SEC(1)
/* Traffic has ended when the counters did not grow for this time. */
#define WL_TRAFFIC_REST WL_SEC(5)
/* Prefixes of on-demand peers for which the kernel filters packets. */
#define WL_TRAFFIC_MAX_WANTED 32
/* Age at which WireGuard renews a session that is in use. */
#define WL_REKEY_AFTER WL_SEC(120)
/* The current endpoint counts as one that worked if packets arrived within this time. */
#define WL_WORKED_RECENTLY WL_SEC(1)

/* Turn */

/* Retry time after the link refused a change of a peer, doubling. */
#define WL_CHANGE_RETRY     WL_SEC(1)
#define WL_CHANGE_RETRY_MAX WL_SEC(60)
/* Delay that batches the arbitration of many overlapping claims. */
#define WL_ARBITRATION_DELAY WL_MS(200)
/* Delay that batches changes of the state cache. */
#define WL_STATE_SAVE_DELAY WL_SEC(10)
/* Interval between two saves only because peers were seen at other addresses: each of them can move
 * as often as it likes. */
#define WL_LOCATION_SAVE WL_SEC(300)
/* A dump covers every peer and every change goes to every subscriber. In a network of more than
 * WL_BATCH_PEERS both are delayed by these times for each peer and batched, so that a hub with
 * thousands of members stays responsive. */
#define WL_BATCH_PEERS     100
#define WL_DUMP_BATCH      ((gint64) 100) /* us */
#define WL_ADVERTISE_BATCH ((gint64) 40)  /* us */

/* Limits (docs/engine.md "Limits") */

#define WL_MAX_FACT_SOURCES         20000
#define WL_MAX_FACT_SOURCES_OF_PEER 32 /* added for each peer of the profile */
#define WL_MAX_FACTS_OF_SOURCE      10000
#define WL_MAX_UNTRUSTED            1000 /* facts refused because of trust */
#define WL_MAX_ENDPOINTS            16   /* of one subject */
#define WL_MAX_ENDPOINTS_OF_ONE     4    /* of one subject, from one source */
#define WL_MAX_LEARNED_PEERS        1000
#define WL_MAX_LOCAL_ADDRESSES      256
#define WL_MAX_NEIGHBORS            256
#define WL_MAX_RESOLVED             16 /* addresses of one name */
#define WL_MAX_SERVERS              64
#define WL_MAX_NONCES               32 /* of one peer */
/* A third party keeps its only place among the endpoints of a subject for this time, in which it is
 * tried, before one that lost its own just now takes it ... */
#define WL_ENDPOINT_PLACE WL_SEC(60)
/* ... and only as long as datagrams are still on their way, 10 s, before one that had none for this
 * time: longer than the turn of sixteen. */
#define WL_ENDPOINT_LOST WL_SEC(180)
/* Facts of one source that were not held before and are accepted: a full table, then two a second.
 * Each of them changes something when it comes and when it ends. */
#define WL_NEW_FACTS_BURST    WL_MAX_FACTS_OF_SOURCE
#define WL_NEW_FACTS_INTERVAL WL_MS(500)
/* Of these, facts that live shorter than WL_SHORT_LIFE: what a router relays at the end of its
 * life, or the next one in two seconds. */
#define WL_SHORT_LIFE           WL_SEC(60)
#define WL_SHORT_LIVES_BURST    64
#define WL_SHORT_LIVES_INTERVAL WL_SEC(2)
/* Interval between log lines about a full table. */
#define WL_FULL_LOG_INTERVAL WL_SEC(3600)
