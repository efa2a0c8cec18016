/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket for facts: exchange, floods, errors. Requires root for a network namespace. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link-test-util.h"
#include "wl-fact-socket.h"

#define PORT 51821

typedef struct {
    WlFactSocket *socket;
    WlIp source;
    GPtrArray *datagrams; /* of GBytes */
    guint free_after;     /* frees the socket after so many datagrams; 0: never */
} Receiver;

static void
received(const WlIp *source, const guint8 *data, gsize length, gpointer user_data)
{
    Receiver *receiver = user_data;

    receiver->source = *source;
    g_ptr_array_add(receiver->datagrams, g_bytes_new(data, length));
    if (receiver->datagrams->len == receiver->free_after)
        g_clear_pointer(&receiver->socket, wl_fact_socket_free);
}

/* wlt1 and fe80::b are in a namespace of their own: packets to an address of the same one come from
 * lo. */
static void
enter(const char *namespace)
{
    int fd = open(namespace, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint(setns(fd, CLONE_NEWNET), ==, 0);
    close(fd);
}

static void
open_receiver(Receiver *receiver, const char *address, const char *ifname)
{
    g_autoptr(GError) error = NULL;
    gboolean far = g_str_equal(ifname, "wlt1");
    WlIp ip;

    memset(receiver, 0, sizeof *receiver);
    g_assert_true(wl_ip_parse(address, &ip));
    receiver->datagrams = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    if (far)
        enter("/run/netns/far");
    receiver->socket =
        wl_fact_socket_new(&ip, PORT, (int) if_nametoindex(ifname), received, receiver, &error);
    if (far)
        enter("/run/netns/near");
    g_assert_no_error(error);
}

static void
close_receiver(Receiver *receiver)
{
    g_clear_pointer(&receiver->socket, wl_fact_socket_free);
    g_ptr_array_unref(receiver->datagrams);
}

static void
send_to(Receiver *sender, const char *address, gsize length, guint8 first)
{
    g_autofree guint8 *data = g_malloc0(length + 1);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    WlIp ip;

    data[0] = first;
    bytes = g_bytes_new(data, length);
    g_assert_true(wl_ip_parse(address, &ip));
    g_assert_true(wl_fact_socket_send(sender->socket, &ip, bytes, &error));
    g_assert_no_error(error);
}

typedef struct {
    Receiver *from, *to;
    const char *address;
} Path;

static gboolean
carries(gpointer user_data)
{
    Path *path = user_data;

    if (path->to->datagrams->len == 0)
        send_to(path->from, path->address, 1, 0);
    return path->to->datagrams->len > 0;
}

/* An interface that was just set up may lose packets. */
static void
wait_for_path(Receiver *from, Receiver *to, const char *address)
{
    Path path = {from, to, address};

    test_wait(carries, &path);
    test_settle();
    g_ptr_array_set_size(to->datagrams, 0);
}

static gboolean
has_three(gpointer user_data)
{
    return ((Receiver *) user_data)->datagrams->len >= 3;
}

static void
test_exchange(void)
{
    Receiver a, b;
    WlIp expected;
    gsize length;
    const guint8 *data;

    open_receiver(&a, "fe80::a", "wlt0");
    open_receiver(&b, "fe80::b", "wlt1");
    wait_for_path(&a, &b, "fe80::b");
    send_to(&a, "fe80::b", 1, 7);
    send_to(&a, "fe80::b", 0, 0); /* empty: ignored */
    send_to(&a, "fe80::b", 2424, 8);
    send_to(&a, "fe80::b", 4000, 9);
    test_wait(has_three, &b);
    test_settle();
    g_assert_cmpuint(b.datagrams->len, ==, 3);
    g_assert_true(wl_ip_parse("fe80::a", &expected));
    g_assert_true(wl_ip_equal(&b.source, &expected));
    data = g_bytes_get_data(b.datagrams->pdata[0], &length);
    g_assert_cmpuint(length, ==, 1);
    g_assert_cmpuint(data[0], ==, 7);
    g_assert_cmpuint(g_bytes_get_size(b.datagrams->pdata[1]), ==, 2424);
    data = g_bytes_get_data(b.datagrams->pdata[2], &length);
    g_assert_cmpuint(length, ==, 2424);
    g_assert_cmpuint(data[0], ==, 9);
    g_assert_cmpuint(a.datagrams->len, ==, 0);
    close_receiver(&a);
    close_receiver(&b);
}

static gboolean
has_many(gpointer user_data)
{
    return ((Receiver *) user_data)->datagrams->len == 100;
}

/* A flood is read in parts, between which other sources are dispatched. */
static void
test_flood(void)
{
    Receiver a, b;

    open_receiver(&a, "fe80::a", "wlt0");
    open_receiver(&b, "fe80::b", "wlt1");
    wait_for_path(&a, &b, "fe80::b");
    for (guint i = 0; i < 100; i++)
        send_to(&a, "fe80::b", 10, (guint8) i);
    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(b.datagrams->len, >, 0);
    g_assert_cmpuint(b.datagrams->len, <, 100);
    test_wait(has_many, &b);
    close_receiver(&a);
    close_receiver(&b);
}

/* Any user of this machine can send to the address of the link, which needs no peer. */
static void
test_local(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    Receiver a, b;

    open_receiver(&a, "fe80::a", "wlt0");
    open_receiver(&b, "fe80::b", "wlt1");
    wait_for_path(&b, &a, "fe80::a");
    g_assert_cmpint(inet_pton(AF_INET6, "fe80::a", &address.sin6_addr), ==, 1);
    address.sin6_scope_id = if_nametoindex("wlt0");
    for (guint i = 0; i < 10; i++)
        g_assert_cmpint(sendto(fd, "x", 1, 0, (struct sockaddr *) &address, sizeof address), ==, 1);
    test_settle();
    g_assert_cmpuint(a.datagrams->len, ==, 0);
    send_to(&b, "fe80::a", 1, 7);
    send_to(&b, "fe80::a", 1, 8);
    send_to(&b, "fe80::a", 1, 9);
    test_wait(has_three, &a);
    g_assert_cmpuint(a.datagrams->len, ==, 3);
    close(fd);
    close_receiver(&a);
    close_receiver(&b);
}

static gboolean
is_closed(gpointer user_data)
{
    return ((Receiver *) user_data)->socket == NULL;
}

static void
test_free_in_callback(void)
{
    Receiver a, b;

    open_receiver(&a, "fe80::a", "wlt0");
    open_receiver(&b, "fe80::b", "wlt1");
    b.free_after = 2;
    for (guint i = 0; i < 5; i++)
        send_to(&a, "fe80::b", 10, (guint8) i);
    test_wait(is_closed, &b);
    test_settle();
    g_assert_cmpuint(b.datagrams->len, ==, 2);
    close_receiver(&a);
    close_receiver(&b);
}

static void
test_errors(void)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_autofree guint8 *huge = g_malloc0(70000);
    g_autoptr(GBytes) too_long = g_bytes_new(huge, 70000);
    g_autoptr(GError) error = NULL;
    WlFactSocket *socket;
    Receiver a;
    WlIp ip;

    open_receiver(&a, "fe80::a", "wlt0");
    /* An address in use, and one that this host lacks. */
    g_assert_true(wl_ip_parse("fe80::a", &ip));
    socket = wl_fact_socket_new(&ip, PORT, (int) if_nametoindex("wlt0"), received, &a, &error);
    g_assert_null(socket);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
    g_assert_nonnull(strstr(error->message, "[fe80::a]:51821"));
    g_clear_error(&error);
    g_assert_true(wl_ip_parse("fe80::c", &ip));
    socket = wl_fact_socket_new(&ip, PORT, (int) if_nametoindex("wlt0"), received, &a, &error);
    g_assert_null(socket);
    /* newer versions of GLib have a code of its own for this error */
    g_assert_nonnull(error);
    g_assert_true(error->domain == G_IO_ERROR);
    g_clear_error(&error);
    /* A missing route is no error; a datagram that exceeds UDP is. */
    g_assert_true(wl_ip_parse("2001:db8::1", &ip));
    g_assert_true(wl_fact_socket_send(a.socket, &ip, bytes, &error));
    g_assert_no_error(error);
    g_assert_true(wl_ip_parse("fe80::b", &ip));
    g_assert_false(wl_fact_socket_send(a.socket, &ip, too_long, &error));
    g_assert_nonnull(error);
    close_receiver(&a);
}

int
main(int argc, char **argv)
{
    g_autofree char *attach = NULL;

    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    test_run("ip netns add far");
    attach = g_strdup_printf("ip netns attach near %d", getpid());
    test_run(attach);
    test_run("ip link add wlt0 type veth peer name wlt1 netns far");
    test_run("ip link set wlt0 up");
    test_run("ip -n far link set wlt1 up");
    test_run("ip address add fe80::a/64 dev wlt0 nodad");
    test_run("ip -n far address add fe80::b/64 dev wlt1 nodad");
    g_test_add_func("/link/fact-socket/exchange", test_exchange);
    g_test_add_func("/link/fact-socket/local", test_local);
    g_test_add_func("/link/fact-socket/flood", test_flood);
    g_test_add_func("/link/fact-socket/free-in-callback", test_free_in_callback);
    g_test_add_func("/link/fact-socket/errors", test_errors);
    return g_test_run();
}
