/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A query that cannot bypass the tunnel is not sent. */

#include <arpa/inet.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-dns-client.h"

typedef struct {
    gsize n;
    char *why;
} Answer;

static void
on_answer(const WlIp *addresses, gsize n, const char *why, gpointer user_data)
{
    Answer *answer = user_data;

    answer->n = n;
    answer->why = g_strdup(why);
}

/* The socket that a query would reach. */
static int
server_new(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_assert_cmpint(bind(fd, (struct sockaddr *) &address, sizeof address), ==, 0);
    return fd;
}

static gboolean
was_asked(int fd)
{
    char question[512];

    return recv(fd, question, sizeof question, 0) > 0;
}

static char *
ask(const char *interface, int server, gboolean *asked)
{
    WlDnsServer servers[1];
    const WlDnsRoute way = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(WlDnsClient) client = NULL;
    Answer answer = {0};

    memset(servers, 0, sizeof servers);
    g_assert_true(wl_ip_parse("127.0.0.1", &servers[0].address));
    g_strlcpy(servers[0].interface, interface, sizeof servers[0].interface);
    client = wl_dns_client_new(interface, servers, 1, &way, &error);
    g_assert_no_error(error);
    wl_dns_client_resolve(client, "hub.example.net", on_answer, &answer);
    do {
        *asked = was_asked(server);
    } while (!answer.why && !*asked && g_main_context_iteration(NULL, TRUE));
    if (!answer.why)
        wl_dns_client_cancel(client, &answer);
    g_assert_cmpuint(answer.n, ==, 0);
    return answer.why;
}

static void
test_interface(void)
{
    int server = server_new();
    gboolean asked;
    g_autofree char *by_lo = ask("lo", server, &asked);

    g_assert_true(asked);
    g_clear_pointer(&by_lo, g_free);
    while (was_asked(server))
        ;
    by_lo = ask("gone0", server, &asked);
    g_assert_false(asked);
    g_assert_cmpstr(
        by_lo, ==,
        "queries to the DNS servers of gone0 would enter the tunnel: failed to bind the socket: "
        "No such device");
    close(server);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* a refused socket is a warning */
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    if (unshare(CLONE_NEWNET) != 0 || system("ip link set lo up") != 0) {
        g_test_message("needs root");
        return 77;
    }
    g_test_add_func("/dns-client/socket-is-bound-to-the-interface", test_interface);
    return g_test_run();
}
