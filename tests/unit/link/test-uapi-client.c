/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Exchanges over the control socket, with arbitrary replies of the program. */
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

#include "link-test-util.h"
#include "wl-uapi-client.h"
#include "wl-uapi-parse.h"
#include "wl-uapi-queue.h"
#include "wl-uapi.h"

#define NAME    "wlt0"
#define REQUEST "get=1\n\n"
#define LONG    15000 /* ms that a slow machine may take */

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
    g_autoptr(WlUapiExchange) self = NULL;
    Program program = {.listener = listener, .reply = text};
    GThread *thread;
    int result;

    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_true(g_socket_bind(listener, address, TRUE, NULL));
    g_assert_true(g_socket_listen(listener, NULL));
    thread = g_thread_new("program", serve, &program);
    self = wl_uapi_exchange_new(NAME, pid, g_string_new(REQUEST));
    g_assert_true(wl_uapi_exchange_run(self, LONG));
    result = wl_uapi_exchange_get_result(self);
    if (result == 0 && reply)
        *reply = wl_uapi_exchange_steal_reply(self);
    g_clear_pointer(&self, wl_uapi_exchange_free); /* disconnects */
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

static int
result_of(const char *name)
{
    g_autoptr(WlUapiExchange) self = wl_uapi_exchange_new(name, getpid(), g_string_new(REQUEST));

    g_assert_true(wl_uapi_exchange_run(self, 0));
    return wl_uapi_exchange_get_result(self);
}

static void
test_no_socket(void)
{
    g_assert_cmpint(result_of(NAME), ==, -ENOENT);
    g_assert_cmpint(result_of("a-name-of-more-characters-than-a-socket-address-has-room-for-"
                              "and-it-has-room-for-one-hundred-and-eight"),
                    ==, -ENAMETOOLONG);
}

/* ---- a program that hangs ---------------------------------------------------------------------
 */

/* Accepts connections, and answers each with the number of its request once it is let. */
typedef struct {
    GSocket *listener;
    GMutex mutex;
    GCond cond;
    gboolean answers, ends;
    guint served;
    GThread *thread;
} Hanging;

static gpointer
hang(gpointer user_data)
{
    Hanging *self = user_data;

    for (;;) {
        g_autoptr(GSocket) client = g_socket_accept(self->listener, NULL, NULL);
        g_autofree char *reply = NULL;
        char request[65536];

        g_assert_nonnull(client);
        g_mutex_lock(&self->mutex);
        while (!self->answers && !self->ends)
            g_cond_wait(&self->cond, &self->mutex);
        g_mutex_unlock(&self->mutex);
        if (self->ends)
            return NULL;
        while (g_socket_receive(client, request, sizeof request, NULL, NULL) == sizeof request)
            ;
        reply = g_strdup_printf("listen_port=%u\nerrno=0\n\n", ++self->served);
        g_socket_send(client, reply, strlen(reply), NULL, NULL);
    }
}

static void
hanging_start(Hanging *self)
{
    g_autofree char *path = wl_uapi_socket_path(NAME);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);

    memset(self, 0, sizeof *self);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->cond);
    self->listener =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_true(g_socket_bind(self->listener, address, TRUE, NULL));
    g_assert_true(g_socket_listen(self->listener, NULL));
    self->thread = g_thread_new("hanging", hang, self);
}

static void
hanging_set(Hanging *self, gboolean answers, gboolean ends)
{
    g_mutex_lock(&self->mutex);
    self->answers = answers;
    self->ends = ends;
    g_cond_signal(&self->cond);
    g_mutex_unlock(&self->mutex);
}

static void
hanging_stop(Hanging *self)
{
    g_autofree char *path = wl_uapi_socket_path(NAME);
    pid_t pid;
    int fd;

    hanging_set(self, FALSE, TRUE);
    fd = wl_uapi_connect(NAME, &pid); /* wakes it */
    g_thread_join(self->thread);
    close(fd);
    g_object_unref(self->listener);
    unlink(path);
}

typedef struct {
    GString *done; /* "NUMBER:PORT " of each reply */
    guint stalls, recoveries;
    WlUapiQueue **freed; /* the queue that is freed with the first reply; NULL: none */
} Seen;

static void
on_done(int result, WlUapiText *reply, gpointer user_data, gpointer data)
{
    Seen *seen = user_data;
    const char *port = reply ? strchr(reply->str, '=') + 1 : "";

    g_string_append_printf(seen->done, "%d:%d:%.*s ", *(int *) data, result,
                           (int) strcspn(port, "\n"), port);
    if (seen->freed)
        g_clear_pointer(seen->freed, wl_uapi_queue_free);
}

static void
on_stalled(gboolean stalled, gpointer user_data)
{
    Seen *seen = user_data;

    seen->stalls += stalled;
    seen->recoveries += !stalled;
}

static int
queue_send(WlUapiQueue *queue, int number)
{
    return wl_uapi_queue_send(queue, g_string_new("get=1\n\n"), NULL, on_done,
                              g_memdup2(&number, sizeof number));
}

static gboolean
is_stalled(gpointer seen)
{
    return ((Seen *) seen)->stalls > 0;
}

static gboolean
is_idle(gpointer queue)
{
    return !wl_uapi_queue_is_busy(queue);
}

/* The calls of one moment wait less than a tenth of a second together; the replies come in their
 * order once the program goes on. */
static void
test_hanging(void)
{
    Seen seen = {.done = g_string_new(NULL)};
    WlUapiQueue *queue = wl_uapi_queue_new(NAME, getpid(), on_stalled, &seen);
    GString *expected = g_string_new(NULL);
    Hanging program;
    gint64 took, start;

    hanging_start(&program);
    start = test_clock();
    for (int i = 1; i <= 1000; i++) {
        g_assert_cmpint(queue_send(queue, i), ==, WL_UAPI_PENDING);
        g_string_append_printf(expected, "%d:0:%d ", i, i);
    }
    took = test_clock() - start;
    g_test_message("1000 requests took %d ms", (int) (took / 1000));
    /* of which 60 are waited for; the rest is what this machine takes */
    g_assert_cmpint(took, <, 1900000);
    g_assert_true(wl_uapi_queue_is_busy(queue));
    test_wait(is_stalled, &seen);
    g_assert_cmpstr(seen.done->str, ==, "");
    hanging_set(&program, TRUE, FALSE);
    test_wait(is_idle, queue);
    g_assert_cmpstr(seen.done->str, ==, expected->str);
    g_assert_cmpuint(seen.stalls, ==, 1);
    g_assert_cmpuint(seen.recoveries, ==, 1);
    wl_uapi_queue_free(queue);
    hanging_stop(&program);
    g_string_free(seen.done, TRUE);
    g_string_free(expected, TRUE);
}

/* What is pending is bounded, and freed with the queue. */
static void
test_bounded(void)
{
    Seen seen = {.done = g_string_new(NULL)};
    WlUapiQueue *queue = wl_uapi_queue_new(NAME, getpid(), on_stalled, &seen);
    Hanging program;
    int results[5];

    hanging_start(&program);
    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        WlUapiText *text = g_string_new(NULL);

        g_string_set_size(text, 1024 * 1024);
        memset(text->str, 'x', text->len);
        results[i] = wl_uapi_queue_send(queue, text, NULL, NULL, NULL);
    }
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(results[i], ==, WL_UAPI_PENDING);
    g_assert_cmpint(results[4], ==, -ENOBUFS);
    wl_uapi_queue_free(queue);
    hanging_stop(&program);
    g_string_free(seen.done, TRUE);
}

static gboolean
is_freed(gpointer queue)
{
    return *(WlUapiQueue **) queue == NULL;
}

/* The function of a reply frees the queue; and a program that ends answers with an error. */
static void
test_freed(void)
{
    Seen seen = {.done = g_string_new(NULL)};
    WlUapiQueue *queue = wl_uapi_queue_new(NAME, getpid(), on_stalled, &seen);
    Hanging program;

    seen.freed = &queue;
    hanging_start(&program);
    for (int i = 1; i <= 3; i++)
        g_assert_cmpint(queue_send(queue, i), ==, WL_UAPI_PENDING);
    hanging_set(&program, TRUE, FALSE);
    test_wait(is_freed, &queue);
    g_assert_cmpstr(seen.done->str, ==, "1:0:1 ");
    hanging_stop(&program);

    g_string_truncate(seen.done, 0);
    queue = wl_uapi_queue_new(NAME, getpid(), on_stalled, &seen);
    hanging_start(&program);
    g_assert_cmpint(queue_send(queue, 1), ==, WL_UAPI_PENDING);
    hanging_stop(&program);
    test_wait(is_freed, &queue);
    g_assert_true(g_str_has_prefix(seen.done->str, "1:-"));
    g_string_free(seen.done, TRUE);
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
    g_test_add_func("/link/uapi-client/hanging", test_hanging);
    g_test_add_func("/link/uapi-client/bounded", test_bounded);
    g_test_add_func("/link/uapi-client/freed", test_freed);
    return g_test_run();
}
