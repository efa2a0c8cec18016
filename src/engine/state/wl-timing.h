/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-time.h"

/* Times of the engine, in microseconds. Those of the protocol are in docs/protocol.md B. */

/* The interop envelope. */
#define WL_FACT_TTL            WL_SEC(255)
#define WL_CHUNK_PERIOD        WL_SEC(5)
#define WL_ALIVE_PERIOD        WL_SEC(30)
#define WL_ALIVE_MARGIN        (WL_FACT_TTL - WL_ALIVE_PERIOD)
#define WL_FACT_MARGIN         (WL_FACT_TTL / 2 + WL_CHUNK_PERIOD)
#define WL_HANDSHAKE_VALIDITY  WL_MS(165334)
#define WL_READY_LEFT          (WL_CHUNK_PERIOD / 2)
#define WL_AUTHORITATIVE_SINCE (WL_FACT_TTL + WL_CHUNK_PERIOD)
#define WL_AUTHORITATIVE_LEFT  (WL_CHUNK_PERIOD * 3 / 2)
#define WL_TTL_CAP             WL_SEC(3600)

/* Ours. */
#define WL_FACT_SLACK                                                                              \
    WL_SEC(15) /* renewals this near ride with an Alive: no wake-up of their own */
#define WL_ALIVE_SLACK                                                                             \
    WL_SEC(15) /* Alives this near go together: half a period brings any two in step */
#define WL_ADVERTISE_INTERVAL WL_MS(200) /* between two datagrams of facts to one peer */
/* What is renewed to us is passed on within this time with what else is. Two renewals by a Go
 * daemon, each 125 s after the one before, and this are less than the 254 s for which it is told:
 * of those who give no receipt too, nobody lacks it because one was lost. */
#define WL_RENEWAL_BATCH   (WL_CHUNK_PERIOD / 2)
#define WL_RESEND_INTERVAL WL_SEC(5) /* between two full resends, or two answers, to one peer */
#define WL_SEND_RETRY      WL_SEC(5)
#define WL_SNAPSHOT_RETRY  WL_SEC(1)
/* The life of an Alive that wants an answer at once. To a Go daemon, whose own have 255 s, it is
 * like any other; it is used between our own kind only, which the boot id tells. */
#define WL_ALIVE_REPLY_TTL WL_SEC(254)
#define WL_EARLY_ALIVE     WL_SEC(25) /* an Alive sooner than this after the last has a reason */
#define WL_RETURNED_AFTER                                                                          \
    WL_SEC(135) /* a fact renewed later than this was not told in between                          \
                 */
#define WL_BOOT_ID_INTERVAL WL_SEC(60)
/* Whoever was not heard for so long, two Alives and more, may be gone: its silence about a member
 * says nothing. Less than the 130 s for which its facts outlive it. */
#define WL_AUTHORITATIVE_HEARD WL_SEC(75)
#define WL_SLOT_FIRST          WL_MS(500)
#define WL_SLOT_LATER          WL_SEC(5)
#define WL_INITIATION_AGAIN    WL_SEC(5) /* one initiation per peer and address in this time */
/* WireGuard's time stamps are coarse: of two initiations nearer than this, the second is taken for
 * a replay of the first. */
#define WL_INITIATION_APART  WL_MS(25)
#define WL_PORTAL_INTERVAL   WL_SEC(60) /* between tries of one peer from behind a login page */
#define WL_BACKOFF_FIRST     WL_SEC(2)
#define WL_BACKOFF_MAX       WL_SEC(300)
#define WL_BACKOFF_BASIC_MAX WL_SEC(1800)
#define WL_DEMAND_AGAIN      WL_SEC(60) /* traffic for somebody who does not answer */
#define WL_RESOLVE_FIRST     WL_SEC(1)
#define WL_RESOLVE_MAX       WL_SEC(300)
#define WL_RESOLVE_LOST      WL_SEC(60)
#define WL_WORKED_TTL        WL_SEC(3600) /* an address that once worked stays a candidate */
#define WL_MOVE_OURS         WL_SEC(1) /* silence of a live path that counts, if the peer answers pings */
#define WL_MOVE_OTHERS       WL_SEC(11) /* WireGuard's own passive keepalive comes after 10 s */
#define WL_MOVE_BETTER       WL_MS(250) /* for an answer on the local network */
#define WL_MOVE_BETTER_AGAIN WL_SEC(600)
#define WL_MOVE_BETTER_TIMES 8 /* in vain, each twice as long after the one before */
#define WL_MOVE_RETRY_FIRST  WL_SEC(5)
#define WL_MOVE_RETRY_MAX    WL_SEC(60)
/* An address on a network of ours: before it is tried, whoever has it is asked for. The kernel
 * finds out in a moment that somebody has it, and after 3 s that nobody has. */
#define WL_NEIGHBOUR_PATIENCE    WL_MS(50)  /* then other addresses come first */
#define WL_NEIGHBOUR_LOST        WL_SEC(60) /* an answer that should have come */
#define WL_NEIGHBOUR_AGAIN       WL_SEC(60) /* nobody had it */
#define WL_NEIGHBOUR_AGAIN_TIMES 8          /* each twice as long after the one before */
/* Silence of a direct way that carries traffic or is to be checked, and what is done about it. The
 * same on both sides, who may each have to find out alone. */
#define WL_WAY_QUIET         WL_MS(1500) /* then it is asked */
#define WL_WAY_ASK           WL_MS(500)
#define WL_WAY_ASKS          3
#define WL_WAY_SILENCE       WL_SEC(3)  /* then it is left */
#define WL_OTHERS_SILENCE    WL_SEC(15) /* of those that answer no echoes */
#define WL_WAY_ASK_MAX       WL_SEC(60)
#define WL_WAY_LATE          (WL_ALIVE_PERIOD + WL_SEC(5)) /* an Alive that should have come */
#define WL_WAY_TELL          WL_SEC(1) /* a change, until the other is known to follow */
#define WL_WAY_TELL_TRIES    10        /* then less and less often */
#define WL_WAY_TELL_MAX      WL_SEC(60)
#define WL_WAY_HOLD_MIN      WL_SEC(2) /* a way that was left, before it is taken again */
#define WL_WAY_HOLD_MAX      WL_SEC(60)
#define WL_WAY_CHECK         WL_SEC(5) /* after a reason to look at it */
#define WL_FLOW_LOOK         WL_SEC(1) /* between two looks at the counters, while they grow */
#define WL_FLOW_REST         WL_SEC(5) /* so long without growth is the end of traffic */
#define WL_CHANGE_RETRY      WL_SEC(1)
#define WL_CHANGE_RETRY_MAX  WL_SEC(60)
#define WL_ARBITRATION_DELAY WL_MS(200)
#define WL_STATE_SAVE_DELAY  WL_SEC(10) /* what changes is saved together */
/* What has to do with every peer, of whom there may be thousands, is done for what happened
 * meanwhile together: this long for each of them beyond the first, so that it takes a part of the
 * time and not all of it. */
#define WL_BATCH_PEERS     100
#define WL_DUMP_BATCH      ((gint64) 20) /* us */
#define WL_ADVERTISE_BATCH ((gint64) 40)

/* Bounds. */
#define WL_MAX_FACT_SOURCES         20000
#define WL_MAX_FACT_SOURCES_OF_PEER 32 /* and for each peer of the profile so many more */
#define WL_MAX_FACTS_OF_SOURCE      10000
#define WL_MAX_UNTRUSTED            1000 /* of those, from sources that may not say so */
#define WL_MAX_ENDPOINTS            16   /* per subject */
#define WL_MAX_ENDPOINTS_OF_ONE     4    /* per source and subject */
#define WL_MAX_LEARNED_PEERS        1000
#define WL_MAX_LOCAL_ADDRESSES      256
#define WL_MAX_NEIGHBOURS           256
#define WL_MAX_RESOLVED             16
#define WL_MAX_SERVERS              64
#define WL_FULL_LOG_INTERVAL        WL_SEC(3600) /* between two words that something is full */
#define WL_MAX_NONCES               32           /* remembered of a peer */
