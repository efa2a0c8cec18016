/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** ICMP or ICMPv6 echo requests to one address, out of one interface. */
typedef struct WlPing WlPing;

typedef enum {
    WL_PING_REPLY,
    WL_PING_NO_REPLY,
    WL_PING_TOO_BIG,     /* larger than the MTU of the interface, or of the route */
    WL_PING_UNREACHABLE, /* the kernel refused to send it, or a router said so */
} WlPingResult;

#define WL_PING_SMALL 56 /* bytes of data, as ping(8) sends */
/* The headers of a packet around the data. */
#define WL_PING_HEADERS4 28
#define WL_PING_HEADERS6 48

/**
 * Opens a socket to @address, in text form, through @interface. It needs no privilege where
 * net.ipv4.ping_group_range includes the user, else those of root. NULL with *error of
 * WL_CTL_ERROR.
 */
WlPing *wl_ping_new(const char *address, const char *interface, GError **error);
void wl_ping_free(WlPing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPing, wl_ping_free)

/** TRUE if the address is an IPv6 address. */
gboolean wl_ping_is_ipv6(const WlPing *self);
/** Sends requests whole or not at all, whatever the path MTU is said to be. */
void wl_ping_set_unfragmented(WlPing *self);
/**
 * Sends a request with @size bytes of data, at least 24, and waits for its reply at most @timeout
 * µs. *round_trip: µs, with WL_PING_REPLY. The default main context runs meanwhile. @cancellable
 * may be NULL.
 */
WlPingResult wl_ping_send(WlPing *self, guint size, gint64 timeout, GCancellable *cancellable,
                          gint64 *round_trip);

/**
 * The part of a received packet that follows the ICMP header if it is an echo reply with
 * @sequence, or NULL. @raw: an IPv4 packet with its IP header.
 */
const guint8 *wl_ping_find_data(const guint8 *packet, gsize length, gboolean ipv6, gboolean raw,
                                guint16 sequence, gsize *data_length);
