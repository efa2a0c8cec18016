/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Exchanges over the control socket, with arbitrary replies of the program. */
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

#include "link-test-util.h"
#include "wl-uapi-client.h"
#include "wl-uapi-parse.h"
#include "wl-uapi.h"

#define NAME    "wlt0"
#define REQUEST "get=1\n\n"

typedef struct {
    GSocket *listener;
    const char *reply;
    gboolean complete; /* it received the whole request */
} Program;

/* Receives one request, replies, and disconnects. */
static gpointer
serve(gpointer user_data)
{
    Program *program = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocket) client = g_socket_accept(program->listener, NULL, &error);
    const char *next = program->reply;
    gsize left = strlen(next), got = 0;
    char request[64] = "";

    g_assert_no_error(error);
    while (!g_str_has_suffix(request, "\n\n")) {
        gssize n = g_socket_receive(client, request + got, sizeof request - 1 - got, NULL, &error);

        if (n <= 0)
            return NULL;
        got += (gsize) n;
        request[got] = '\0';
    }
    program->complete = g_str_equal(request, REQUEST);
    while (left > 0) {
        gssize n = g_socket_send(client, next, left, NULL, &error);

        g_assert_no_error(error);
        next += n;
        left -= (gsize) n;
    }
    return NULL;
}

/* The result of an exchange with process @pid, which replies @text. */
static int
exchange(pid_t pid, const char *text, WlUapiText **reply)
{
    g_autofree char *path = wl_uapi_socket_path(NAME);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) listener =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_autoptr(WlUapiText) request = g_string_new(REQUEST);
    Program program = {.listener = listener, .reply = text};
    GThread *thread;
    int result;

    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_true(g_socket_bind(listener, address, TRUE, NULL));
    g_assert_true(g_socket_listen(listener, NULL));
    thread = g_thread_new("program", serve, &program);
    result = wl_uapi_exchange(NAME, pid, request, reply);
    g_thread_join(thread);
    g_assert_cmpint(program.complete, ==, pid == getpid());
    g_assert_cmpint(unlink(path), ==, 0);
    return result;
}

static void
test_status(void)
{
    static const struct {
        const char *reply;
        int result;
    } cases[] = {
        {"errno=0\n\n", 0},
        /* newer and older programs */
        {"errno=98\n\n", -EADDRINUSE},
        {"errno=-98\n\n", -EADDRINUSE},
        {"listen_port=1\nerrno=19\n\n", -ENODEV},
        /* an invalid status is no success */
        {"errno=\n\n", -EPROTO},
        {"errno=no\n\n", -EPROTO},
        {"errno=0x\n\n", -EPROTO},
        {"errno=4096\n\n", -EPROTO},
        {"errno=-9223372036854775808\n\n", -EPROTO},
        {"errno=18446744073709551616\n\n", -EPROTO},
        {"xerrno=0\n\n", -EPROTO},
        {"listen_port=1\n\n", -EPROTO},
        {"\n\n", -EPROTO},
        /* it disconnected before the end */
        {"errno=0\n", -EPIPE},
        {"", -EPIPE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(exchange(getpid(), cases[i].reply, NULL), ==, cases[i].result);
}

/* A reply that exceeds the first buffer; its status is removed. */
static void
test_long(void)
{
    g_autoptr(WlUapiText) reply = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *whole = NULL;

    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(text, "allowed_ip=10.0.%u.%u/32\n", i / 256, i % 256);
    whole = g_strconcat(text->str, "errno=0\n\n", NULL);
    g_assert_cmpint(exchange(getpid(), whole, &reply), ==, 0);
    g_assert_true(g_str_equal(reply->str, text->str));
    g_assert_cmpuint(reply->len, ==, text->len);
}

/* Keys are sent to the expected process only. */
static void
test_other_process(void)
{
    g_assert_cmpint(exchange(getpid() + 1, "errno=0\n\n", NULL), ==, -EPERM);
    g_assert_cmpint(exchange(0, "errno=0\n\n", NULL), ==, -EPERM);
}

static void
test_no_socket(void)
{
    g_autoptr(WlUapiText) request = g_string_new(REQUEST);

    g_assert_cmpint(wl_uapi_exchange(NAME, getpid(), request, NULL), ==, -ENOENT);
    g_assert_cmpint(wl_uapi_exchange("a-name-of-more-characters-than-a-socket-address-has-room-for-"
                                     "and-it-has-room-for-one-hundred-and-eight",
                                     getpid(), request, NULL),
                    ==, -ENAMETOOLONG);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    g_test_add_func("/link/uapi-client/status", test_status);
    g_test_add_func("/link/uapi-client/long", test_long);
    g_test_add_func("/link/uapi-client/other-process", test_other_process);
    g_test_add_func("/link/uapi-client/no-socket", test_no_socket);
    return g_test_run();
}
