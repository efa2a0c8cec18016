/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>

/**
 * A netlink socket for requests and dumps, on top of libmnl.
 *
 * Errors are negative errno values here, because callers decide by them (EOPNOTSUPP, EEXIST, ...)
 * and know better what to say. Nothing waits longer than WL_NETLINK_TIMEOUT for one answer.
 */
typedef struct _WlNetlink WlNetlink;

#define WL_NETLINK_TIMEOUT 5 /* s */
#define WL_NETLINK_DUMP_ATTEMPTS                                                                   \
    10 /* readings of a dump that the kernel reports as interrupted                                \
        */

/** One message of an answer; not 0 (a negative errno) makes the call fail with it. */
typedef int (*WlNetlinkFunc)(const struct nlmsghdr *message, gpointer user_data);
/** A dump begins, for the first time or again: forget what was collected. */
typedef void (*WlNetlinkRestartFunc)(gpointer user_data);

/** What carries the messages; tests put their own here. */
typedef struct {
    /* 0 or a negative errno */
    int (*send)(gpointer user_data, const struct nlmsghdr *message);
    /* bytes of one datagram, or a negative errno */
    gssize (*receive)(gpointer user_data, guint8 *buffer, gsize size);
    void (*close)(gpointer user_data);
} WlNetlinkTransport;

/** @protocol: NETLINK_ROUTE or NETLINK_GENERIC. */
WlNetlink *wl_netlink_new(int protocol, GError **error);
/** @transport is copied; its functions get @user_data, which its `close` may free. */
WlNetlink *wl_netlink_new_for_transport(const WlNetlinkTransport *transport, gpointer user_data);
void wl_netlink_free(WlNetlink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetlink, wl_netlink_free)

/**
 * Sends @message (its sequence number and the flags REQUEST and ACK are set here) and reads up to
 * its acknowledgement. @func, if any, gets the messages before that. Returns 0 or a negative errno.
 */
int wl_netlink_request(WlNetlink *self, struct nlmsghdr *message, WlNetlinkFunc func,
                       gpointer user_data);

/**
 * The same for a dump. One that the kernel marks as interrupted (NLM_F_DUMP_INTR: what is listed
 * changed meanwhile) is read again; -EINTR after WL_NETLINK_DUMP_ATTEMPTS of them.
 */
int wl_netlink_dump(WlNetlink *self, struct nlmsghdr *message, WlNetlinkRestartFunc restart,
                    WlNetlinkFunc func, gpointer user_data);

/** The number of a generic netlink family, or a negative errno (-ENOENT: unknown to this kernel).
 */
int wl_netlink_resolve_family(WlNetlink *self, const char *name);

/** A message with room of its own, wiped when freed: it may carry keys. */
typedef struct {
    gsize size;
    guint8 *data; /* begins with a struct nlmsghdr */
} WlNetlinkMessage;

WlNetlinkMessage *wl_netlink_message_new(gsize size);
void wl_netlink_message_free(WlNetlinkMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetlinkMessage, wl_netlink_message_free)

/** A bound netlink socket of libmnl with SOCK_* @flags, to be closed with mnl_socket_close(). */
struct mnl_socket *wl_netlink_open_socket(int protocol, int flags, GError **error);

/** The size of a receive buffer that holds any datagram of the kernel, bytes. */
#define WL_NETLINK_RECEIVE_SIZE (64 * 1024)
