/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-dns-client.h"

#include <ares.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-fd-source.h"

#define MAX_ADDRESSES 16   /* of one name; more are not worth trying */
#define TIMEOUT_MS    2000 /* of one server, the first time */
#define TRIES         2

struct _WlDnsClient {
    WlDnsRoute way;
    char *interface; /* that of the servers; "": none */
    char *trouble;   /* of the last socket; NULL: none */
    ares_channel channel;
    GHashTable *watches; /* file descriptor -> GSource */
    guint timeout_id;
    GPtrArray *questions; /* of Question */
};

typedef struct {
    WlDnsClient *client;
    WlDnsClientFunc func; /* NULL: nobody wants to know any more */
    gpointer user_data;
    guint answer_id; /* the answer is there, and told from the main loop */
    WlIp addresses[MAX_ADDRESSES];
    gsize n;
    int status;
} Question;

static void
question_free(gpointer data)
{
    Question *question = data;

    g_clear_handle_id(&question->answer_id, g_source_remove);
    g_free(question);
}

/* ---- c-ares and the main loop -------------------------------------------------------------- */

static void schedule(WlDnsClient *self);

static gboolean
on_ready(int fd, GIOCondition condition, gpointer user_data)
{
    WlDnsClient *self = user_data;
    gboolean in = (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0;
    gboolean out = (condition & G_IO_OUT) != 0;

    ares_process_fd(self->channel, in ? fd : ARES_SOCKET_BAD, out ? fd : ARES_SOCKET_BAD);
    schedule(self);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_timeout(gpointer user_data)
{
    WlDnsClient *self = user_data;

    self->timeout_id = 0;
    ares_process_fd(self->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    schedule(self);
    return G_SOURCE_REMOVE;
}

/* When c-ares next wants the time. */
static void
schedule(WlDnsClient *self)
{
    struct timeval room, *next = ares_timeout(self->channel, NULL, &room);

    g_clear_handle_id(&self->timeout_id, g_source_remove);
    /* Rounded up, or it would be too early and asked again. */
    if (next)
        self->timeout_id = g_timeout_add(
            (guint) (next->tv_sec * 1000 + (next->tv_usec + 999) / 1000), on_timeout, self);
}

static void
watch_free(gpointer data)
{
    GSource *source = data;

    wl_source_clear(&source);
}

static void
on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    WlDnsClient *self = data;
    GIOCondition condition = (readable ? G_IO_IN : 0) | (writable ? G_IO_OUT : 0);

    g_hash_table_remove(self->watches, GINT_TO_POINTER(fd));
    if (condition)
        g_hash_table_insert(self->watches, GINT_TO_POINTER(fd),
                            wl_fd_source_new(fd, condition, on_ready, self));
}

/* ---- which way it goes --------------------------------------------------------------------- */

static gboolean
bind_to_port(int fd, guint16 port)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
           bind(fd, (struct sockaddr *) &any, sizeof any) == 0;
}

/* A socket that cannot be made to go around the tunnel would ask in it: better none. */
static int
refuse(WlDnsClient *self, const char *what)
{
    self->trouble = g_strdup_printf("a question to the DNS servers of %s would go through the "
                                    "tunnel, for its socket cannot be %s: %s",
                                    *self->interface ? self->interface : "the uplinks", what,
                                    g_strerror(errno));
    return -1;
}

static int
configure_socket(ares_socket_t fd, int type, void *data)
{
    WlDnsClient *self = data;
    guint32 mark = self->way.mark;
    int family = AF_UNSPEC;
    socklen_t size = sizeof family;

    g_clear_pointer(&self->trouble, g_free);
    if (mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) < 0)
        return refuse(self, "marked");
    /* Also what makes a link-local server's address whole. Not ares_set_local_dev(), which asks
     * all the same where it failed. */
    if (*self->interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, self->interface,
                                       (socklen_t) strlen(self->interface)) < 0)
        return refuse(self, "bound to that");
    if (!self->way.port || type != SOCK_DGRAM)
        return 0;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) < 0)
        return refuse(self, "looked at");
    return family != AF_INET || bind_to_port(fd, self->way.port) ? 0
                                                                 : refuse(self, "given its port");
}

/* ---- questions and answers ----------------------------------------------------------------- */

static gboolean
on_answer_idle(gpointer user_data)
{
    Question *question = user_data;
    const char *trouble = question->client->trouble;
    guint index;

    /* The one who is told may free the client. */
    question->answer_id = 0;
    if (g_ptr_array_find(question->client->questions, question, &index))
        g_ptr_array_steal_index_fast(question->client->questions, index);
    if (question->func)
        question->func(question->addresses, question->n,
                       trouble ? trouble : ares_strerror(question->status), question->user_data);
    question_free(question);
    return G_SOURCE_REMOVE;
}

static void
take(Question *question, const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *) address;
    const struct sockaddr_in6 *v6 = (const void *) address;
    WlIp *ip = &question->addresses[question->n];

    if (address->sa_family == AF_INET)
        wl_ip_from_bytes(ip, WL_FAMILY_V4, (const guint8 *) &v4->sin_addr);
    else if (address->sa_family == AF_INET6)
        wl_ip_from_bytes(ip, WL_FAMILY_V6, (const guint8 *) &v6->sin6_addr);
    else
        return;
    question->n++;
}

/* c-ares may have the answer before it was asked, and may not be freed from within. */
static void
on_addresses(void *data, int status, int timeouts, struct ares_addrinfo *result)
{
    Question *question = data;

    for (const struct ares_addrinfo_node *node = result ? result->nodes : NULL;
         node && question->n < MAX_ADDRESSES; node = node->ai_next)
        take(question, node->ai_addr);
    if (result)
        ares_freeaddrinfo(result);
    question->status = status;
    question->answer_id = g_idle_add(on_answer_idle, question);
}

void
wl_dns_client_resolve(WlDnsClient *self, const char *host, WlDnsClientFunc func, gpointer user_data)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_flags = ARES_AI_NOSORT};
    Question *question = g_new0(Question, 1);

    question->client = self;
    question->func = func;
    question->user_data = user_data;
    g_ptr_array_add(self->questions, question);
    ares_getaddrinfo(self->channel, host, NULL, &hints, on_addresses, question);
    schedule(self);
}

void
wl_dns_client_cancel(WlDnsClient *self, gpointer user_data)
{
    for (guint i = 0; i < self->questions->len; i++) {
        Question *question = self->questions->pdata[i];

        if (question->user_data == user_data)
            question->func = NULL;
    }
}

/* ---- life ---------------------------------------------------------------------------------- */

static int
set_servers(WlDnsClient *self, const char *interface, const WlDnsServer *servers, gsize n)
{
    g_autofree struct ares_addr_node *nodes = g_new0(struct ares_addr_node, MAX(n, 1));
    gsize used = 0;

    for (gsize i = 0; i < n; i++) {
        struct ares_addr_node *node = &nodes[used];

        if (!g_str_equal(servers[i].interface, interface))
            continue;
        if (servers[i].address.family == WL_FAMILY_V4) {
            node->family = AF_INET;
            memcpy(&node->addr.addr4, servers[i].address.bytes, 4);
        } else {
            node->family = AF_INET6;
            memcpy(&node->addr.addr6, servers[i].address.bytes, 16);
        }
        if (used++ > 0)
            nodes[used - 2].next = node;
    }
    return ares_set_servers(self->channel, used > 0 ? nodes : NULL);
}

static int
open_channel(WlDnsClient *self)
{
    static gboolean initialized;
    struct ares_options options = {
        /* Addresses fit a datagram, and a connection would come from a port that is let around by
         * no rule. The name is asked as it stands. */
        .flags = ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS,
        .timeout = TIMEOUT_MS,
        .tries = TRIES,
        .lookups = (char *) "fb", /* /etc/hosts, then the servers */
        .ednspsz = 1232,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = self,
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
               ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB;
    int status = initialized ? ARES_SUCCESS : ares_library_init(ARES_LIB_INIT_ALL);

    initialized = status == ARES_SUCCESS;
    return initialized ? ares_init_options(&self->channel, &options, mask) : status;
}

WlDnsClient *
wl_dns_client_new(const char *interface, const WlDnsServer *servers, gsize n, const WlDnsRoute *way,
                  GError **error)
{
    g_autoptr(WlDnsClient) self = g_new0(WlDnsClient, 1);
    int status;

    self->way = *way;
    self->interface = g_strdup(interface);
    self->watches = g_hash_table_new_full(NULL, NULL, NULL, watch_free);
    self->questions = g_ptr_array_new_with_free_func(question_free);
    status = open_channel(self);
    if (status == ARES_SUCCESS)
        status = set_servers(self, interface, servers, n);
    if (status != ARES_SUCCESS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "the DNS servers of %s cannot be asked: %s", interface, ares_strerror(status));
        return NULL;
    }
    ares_set_socket_configure_callback(self->channel, configure_socket, self);
    return g_steal_pointer(&self);
}

void
wl_dns_client_free(WlDnsClient *self)
{
    if (!self)
        return;
    /* Answers what is open, and closes the sockets, whose watches end with that. */
    g_clear_pointer(&self->channel, ares_destroy);
    g_clear_handle_id(&self->timeout_id, g_source_remove);
    g_hash_table_unref(self->watches);
    g_ptr_array_unref(self->questions);
    g_free(self->interface);
    g_free(self->trouble);
    g_free(self);
}
