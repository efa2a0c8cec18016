/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>

/**
 * A netlink socket for requests and dumps, on top of libmnl. Synchronous: no call waits longer than
 * WL_NETLINK_TIMEOUT for one datagram of the kernel.
 *
 * Functions return 0 or a negative errno, because callers act on particular values (EOPNOTSUPP,
 * EEXIST) and write the error messages.
 */
typedef struct _WlNetlink WlNetlink;

#define WL_NETLINK_TIMEOUT 5 /* s */
/* How often a dump is read that the kernel marks as interrupted. */
#define WL_NETLINK_DUMP_ATTEMPTS 10

/** Handles one message of a reply. A negative errno makes the call fail with it. */
typedef int (*WlNetlinkFunc)(const struct nlmsghdr *message, gpointer user_data);
/** Called before every reading of a dump: drop what an earlier reading collected. */
typedef void (*WlNetlinkRestartFunc)(gpointer user_data);

/** How messages are sent and received; tests provide their own. */
typedef struct {
    /* @length: bytes, of one message or of a batch; 0 or a negative errno */
    int (*send)(gpointer user_data, const struct nlmsghdr *message, gsize length);
    /* the size of one datagram in bytes, or a negative errno */
    gssize (*receive)(gpointer user_data, guint8 *buffer, gsize size);
    void (*close)(gpointer user_data);
} WlNetlinkTransport;

/** @protocol: NETLINK_ROUTE, NETLINK_GENERIC or NETLINK_NETFILTER. */
WlNetlink *wl_netlink_new(int protocol, GError **error);
/** @transport is copied. Its functions get @user_data, which `close` may free. */
WlNetlink *wl_netlink_new_for_transport(const WlNetlinkTransport *transport, gpointer user_data);
void wl_netlink_free(WlNetlink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetlink, wl_netlink_free)

/**
 * Sends @message and reads up to its acknowledgment. Sets the sequence number of @message and its
 * flags REQUEST and ACK. @func (may be NULL) gets the messages before the acknowledgment.
 */
int wl_netlink_request(WlNetlink *self, struct nlmsghdr *message, WlNetlinkFunc func,
                       gpointer user_data);

/**
 * The same for a batch of nfnetlink: @length bytes of complete messages, the first of type
 * NFNL_MSG_BATCH_BEGIN and the last of type NFNL_MSG_BATCH_END. The kernel carries out all or none.
 */
int wl_netlink_request_batch(WlNetlink *self, guint8 *batch, gsize length);

/**
 * The same for a dump. Reads it again if the kernel marks it as interrupted (NLM_F_DUMP_INTR: the
 * list changed during the dump); -EINTR after WL_NETLINK_DUMP_ATTEMPTS readings.
 */
int wl_netlink_dump(WlNetlink *self, struct nlmsghdr *message, WlNetlinkRestartFunc restart,
                    WlNetlinkFunc func, gpointer user_data);

/** The number of a generic netlink family, or a negative errno (-ENOENT: the kernel lacks it). */
int wl_netlink_resolve_family(WlNetlink *self, const char *name);

/** A message buffer. Freeing wipes it, because it may contain keys. */
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
