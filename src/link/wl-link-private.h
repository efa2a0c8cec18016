/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link.h"
#include "wl-netlink.h"

/* What the implementations of WlLink share with the base class; nothing outside src/link uses it.
 */

/** Begins the alias of every link of ours; the profile's UUID follows. */
#define WL_LINK_MARK "wirelink:"

/** How links begin whose profile does not name them. */
#define WL_LINK_NAME "nmwl-"

/**
 * The name of a kernel link of ours until it is marked: the kernel makes a link without an alias,
 * and we may be killed before it has one. No profile's link is called so (a UUID has no "~"), and
 * NetworkManager leaves it alone as it does nmwl-*. @name: room for IF_NAMESIZE.
 */
#define WL_LINK_UNMARKED "nmwl-~"
void wl_link_unmarked_name(const char *uuid, char *name);

/**
 * Takes over an existing kernel link as that of @self, marks it, and watches it: its deletion by
 * somebody else emits "failed". From here on wl_link_destroy() deletes it.
 */
gboolean wl_link_adopt(WlLink *self, WlNetlink *route, const WlLinkConfig *config, int ifindex,
                       GError **error);
/** Only names the link (the fake, or one that is still to come). */
void wl_link_set_identity(WlLink *self, const char *name, int ifindex);
/** Emits "failed", once, and not after wl_link_destroy(). */
void wl_link_fail(WlLink *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** The rtnetlink socket given with wl_link_adopt(). */
WlNetlink *wl_link_get_route(WlLink *self);

/**
 * "<format>: <what @errnum means>". ENODEV and ENXIO become WL_LINK_ERROR_GONE, others
 * WL_LINK_ERROR_FAILED. @errnum: positive or negative.
 */
void wl_link_set_errno(GError **error, int errnum, const char *format, ...) G_GNUC_PRINTF(3, 4);
/** The sentence about a listen port that is taken. */
void wl_link_set_port_in_use(GError **error, const char *name, guint16 port);
/** The sentence about a link of that name that is not ours. @alias: empty or NULL if it has none.
 */
void wl_link_set_exists(GError **error, const char *name, const char *alias);

/**
 * µs since the wall clock time of a handshake, -1 for 0.0 (never). Never negative else: the wall
 * clock may have been set back. @now: µs of CLOCK_REALTIME.
 */
gint64 wl_link_handshake_age(gint64 seconds, gint64 nanoseconds, gint64 now);

/** WL_LINK_ERROR_NO_WIREGUARD if the kernel has none. */
WlLink *wl_link_kernel_new(const WlLinkConfig *config, GError **error);

/** WL_LINK_ERROR_NO_WIREGUARD if the program is not there. */
void wl_link_userspace_new_async(const WlLinkConfig *config, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
WlLink *wl_link_userspace_new_finish(GAsyncResult *result, GError **error);

/** Checks name, UUID, MTU; FALSE with an error that says what would be right. */
gboolean wl_link_config_check(const WlLinkConfig *config, GError **error);
/** A deep copy; freeing wipes the key. */
WlLinkConfig *wl_link_config_copy(const WlLinkConfig *config);
void wl_link_config_free(WlLinkConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLinkConfig, wl_link_config_free)
