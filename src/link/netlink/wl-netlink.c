/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and dumps over a netlink socket, on top of libmnl. A WlNetlink owns its transport;
 * messages belong to the caller. Results are 0 or a negative errno.
 */
#include "wl-netlink.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-link-error.h"

struct _WlNetlink {
    WlNetlinkTransport transport;
    gpointer data;
    guint32 sequence;
};

static int
socket_send(gpointer data, const struct nlmsghdr *message, gsize length)
{
    ssize_t sent;

    do
        sent = mnl_socket_sendto(data, message, length);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

static gssize
socket_receive(gpointer data, guint8 *buffer, gsize size)
{
    ssize_t length;

    do
        length = mnl_socket_recvfrom(data, buffer, size);
    while (length < 0 && errno == EINTR);
    if (length >= 0)
        return length;
    return errno == EAGAIN ? -ETIMEDOUT : -errno;
}

static void
socket_close(gpointer data)
{
    mnl_socket_close(data);
}

static const WlNetlinkTransport socket_transport = {socket_send, socket_receive, socket_close};

WlNetlink *
wl_netlink_new_for_transport(const WlNetlinkTransport *transport, gpointer user_data)
{
    WlNetlink *self = g_new0(WlNetlink, 1);

    self->transport = *transport;
    self->data = user_data;
    self->sequence = 1;
    return self;
}

struct mnl_socket *
wl_netlink_open_socket(int protocol, int flags, GError **error)
{
    struct mnl_socket *socket = mnl_socket_open2(protocol, SOCK_CLOEXEC | flags);
    int saved;

    if (socket && mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0)
        return socket;
    saved = errno;
    if (socket)
        mnl_socket_close(socket);
    wl_io_set_errno(error, saved, "cannot open a netlink socket");
    return NULL;
}

WlNetlink *
wl_netlink_new(int protocol, GError **error)
{
    const struct timeval timeout = {.tv_sec = WL_NETLINK_TIMEOUT};
    struct mnl_socket *socket = wl_netlink_open_socket(protocol, 0, error);
    int fd;

    if (!socket)
        return NULL;
    fd = mnl_socket_get_fd(socket);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    /* Otherwise an error message repeats the whole request, keys included (man 7 netlink). */
    mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &(int){1}, sizeof(int));
    return wl_netlink_new_for_transport(&socket_transport, socket);
}

void
wl_netlink_free(WlNetlink *self)
{
    if (!self)
        return;
    if (self->transport.close)
        self->transport.close(self->data);
    g_free(self);
}

/* The error number of an ERROR or DONE message. */
static int
get_error(const struct nlmsghdr *message)
{
    int value;

    if (mnl_nlmsg_get_payload_len(message) < sizeof value)
        return message->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
    memcpy(&value, mnl_nlmsg_get_payload(message), sizeof value);
    return value > 0 ? -EBADMSG : value;
}

/*
 * Handles one datagram. TRUE: the reply is complete, and *result is set. After an error of @func
 * the rest of the reply is still received, because the kernel refuses a dump on a socket while
 * another one runs (EBUSY, __netlink_dump_start in net/netlink/af_netlink.c).
 */
static gboolean
handle_datagram(WlNetlink *self, const guint8 *buffer, gssize length, WlNetlinkFunc func,
                gpointer user_data, gboolean *interrupted, int *result)
{
    const struct nlmsghdr *message = (const struct nlmsghdr *) buffer;
    int left = (int) length;

    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        if (message->nlmsg_seq != self->sequence)
            continue; /* the reply to an earlier request that timed out */
        if (message->nlmsg_flags & NLM_F_DUMP_INTR)
            *interrupted = TRUE;
        if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
            if (*result == 0)
                *result = get_error(message);
            return TRUE;
        }
        if (message->nlmsg_type == NLMSG_OVERRUN && *result == 0)
            *result = -EOVERFLOW;
        if (message->nlmsg_type >= NLMSG_MIN_TYPE && func && *result == 0)
            *result = func(message, user_data);
    }
    return FALSE;
}

static int
exchange(WlNetlink *self, const struct nlmsghdr *message, gsize size, WlNetlinkFunc func,
         gpointer user_data, gboolean *interrupted)
{
    g_autofree guint8 *buffer = g_malloc(WL_NETLINK_RECEIVE_SIZE);
    gboolean complete = FALSE;
    gssize used = 0;
    int result = 0;
    int sent;

    sent = self->transport.send(self->data, message, size);
    if (sent < 0)
        return sent;
    while (!complete) {
        gssize length = self->transport.receive(self->data, buffer, WL_NETLINK_RECEIVE_SIZE);

        if (length < 0) {
            result = (int) length;
            break;
        }
        used = MAX(used, length);
        complete = handle_datagram(self, buffer, length, func, user_data, interrupted, &result);
    }
    /* A WireGuard dump contains the private key and the preshared keys. */
    explicit_bzero(buffer, used);
    return result;
}

int
wl_netlink_request(WlNetlink *self, struct nlmsghdr *message, WlNetlinkFunc func,
                   gpointer user_data)
{
    gboolean interrupted = FALSE;

    message->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    message->nlmsg_seq = ++self->sequence;
    return exchange(self, message, message->nlmsg_len, func, user_data, &interrupted);
}

/*
 * All messages have the same sequence number, and the last one before the end asks for an
 * acknowledgment: the first reply is either an error of any of them or the acknowledgment of all.
 */
int
wl_netlink_request_batch(WlNetlink *self, guint8 *batch, gsize length)
{
    struct nlmsghdr *message = (struct nlmsghdr *) batch;
    struct nlmsghdr *acknowledged = NULL, *last = NULL;
    gboolean interrupted = FALSE;
    int left = (int) length;

    self->sequence++;
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        message->nlmsg_seq = self->sequence;
        acknowledged = last;
        last = message;
    }
    if (!acknowledged)
        return -EINVAL;
    acknowledged->nlmsg_flags |= NLM_F_ACK;
    return exchange(self, (struct nlmsghdr *) batch, length, NULL, NULL, &interrupted);
}

int
wl_netlink_dump(WlNetlink *self, struct nlmsghdr *message, WlNetlinkRestartFunc restart,
                WlNetlinkFunc func, gpointer user_data)
{
    message->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
    for (guint i = 0; i < WL_NETLINK_DUMP_ATTEMPTS; i++) {
        gboolean interrupted = FALSE;
        int result;

        if (restart)
            restart(user_data);
        message->nlmsg_seq = ++self->sequence;
        result = exchange(self, message, message->nlmsg_len, func, user_data, &interrupted);
        if (!interrupted)
            return result;
    }
    return -EINTR;
}

static int
read_family(const struct nlmsghdr *message, gpointer user_data)
{
    const struct nlattr *attribute;
    int *family = user_data;

    mnl_attr_for_each(attribute, message, sizeof(struct genlmsghdr))
    {
        if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID &&
            mnl_attr_validate(attribute, MNL_TYPE_U16) >= 0)
            *family = mnl_attr_get_u16(attribute);
    }
    return 0;
}

int
wl_netlink_resolve_family(WlNetlink *self, const char *name)
{
    _Alignas(struct nlmsghdr) guint8 buffer[256] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct genlmsghdr *header;
    int family = -ENOENT;
    int result;

    message->nlmsg_type = GENL_ID_CTRL;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->cmd = CTRL_CMD_GETFAMILY;
    header->version = 1;
    mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, name);
    result = wl_netlink_request(self, message, read_family, &family);
    return result < 0 ? result : family;
}

WlNetlinkMessage *
wl_netlink_message_new(gsize size)
{
    WlNetlinkMessage *message = g_new0(WlNetlinkMessage, 1);

    message->size = size;
    message->data = g_malloc0(size);
    return message;
}

void
wl_netlink_message_free(WlNetlinkMessage *message)
{
    if (!message)
        return;
    explicit_bzero(message->data, message->size);
    g_free(message->data);
    g_free(message);
}
