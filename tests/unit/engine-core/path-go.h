/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "harness.h"

/* What the tests of the inferred path of Go members share. */

#define DESKTOP_PREFIX "10.77.0.3/32"
#define PATH_GO_STEP   MS(20) /* also about the round trip of an echo */

/** The echoes that the other host replies to. */
typedef struct {
    gboolean life;    /* from our link-local address */
    gboolean direct;  /* from our IPv6 tunnel address, directly */
    gboolean transit; /* between the IPv4 tunnel addresses */
    gboolean router;  /* the router's reply, between link-local addresses */
} PathGoReplies;

/** The hub and the members 2 to @last. */
WlEngineConfig *path_go_config(Harness *harness, guint last);
/** A leaf with that profile that has a session with the hub. */
Harness *path_go_leaf_with(guint last);
/** The same with the desktop (2) and a third member. */
Harness *path_go_leaf_new(void);
gboolean path_go_is_replied(Harness *harness, const WlEchoRequest *echo,
                            const PathGoReplies *replies);
/** Runs for @duration and replies to the echoes sent meanwhile. */
void path_go_run(Harness *harness, gint64 duration, const PathGoReplies *replies);
/** Whether the desktop has its allowed IPs. */
gboolean path_go_is_direct(Harness *harness);
/** Runs until it has, at most for @limit. Returns how long that took. */
gint64 path_go_until_direct(Harness *harness, gint64 limit, const PathGoReplies *replies);
