/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The oracle: one watch for each host, one record for each pair. It writes nothing else.
 */
#include <string.h>

#include "oracle/oracle-private.h"
#include "world/member.h"
#include "world/truth.h"

/* The intervals at which arriving packets are checked. A violation lasts longer than a limit below,
 * so none is missed. */
#define INTERVAL       SIM_SEC(2) /* during faults and some time after them */
#define LATER_INTERVAL SIM_SEC(15)
#define LATER          SIM_SEC(60)

/* The time after which a violation that the member did not cause must be repaired. */
#define GRACE SIM_SEC(1)

/* The time after which packets of a pair must arrive in both directions if no fault affects it or
 * the hub. A Go daemon in between renews facts after 125 s, leaves a dead session after 165 s, and
 * expires an Alive after 255 s; an unresponsive peer is tried every 5 minutes, plus or minus 10
 * %. */
/* What is shown may lag behind the device, which another program may change, for this time. */
#define LIMIT_UNTRUE SIM_SEC(4)
#define LIMIT_NATIVE SIM_SEC(150)
#define LIMIT_GO     SIM_SEC(400)

/* At rest each peer is sent two Alives a minute and renewals, some in several datagrams. More than
 * this is a storm. */
#define IDLE_DATAGRAMS 12 /* per peer and minute */

typedef struct {
    gint64 broken; /* since when no packet arrives; SIM_NEVER: packets arrive */
    WlKey owner;   /* of the tunnel address, at the beginning of the rest */
    gboolean direct;
    gint64 untrue; /* since when what is shown is not what the device does; SIM_NEVER */
} Pair;

/* One host. */
typedef struct {
    SimTimer timer; /* when its device is checked */
    Oracle *oracle;
    SimHost *host;
    gint64 disturbed;
    Heard *heard;
    Seen *seen;
    Attempts *attempts;
    gboolean wrong; /* at the last check */
    /* At the beginning of the rest */
    guint changes; /* in its history */
    guint facts;
} Watch;

struct _Oracle {
    SimTimer timer;
    SimWorld *world;
    OracleFailFunc fail;
    gpointer user_data;
    gboolean failed;
    gint64 quiet;
    Watch *watches; /* of each host */
    Pair *pairs;    /* [a * n + b]; allocated at the first event */
    guint n;
    gboolean settled;
    gint64 worst_native, worst_go; /* the longest time that a pair was broken without a fault */
};

static void tick(SimTimer *timer);
static void look(SimTimer *timer);

Oracle *
oracle_new(SimWorld *world, gint64 quiet, OracleFailFunc fail, gpointer user_data)
{
    Oracle *self = g_new0(Oracle, 1);

    self->world = world;
    self->fail = fail;
    self->user_data = user_data;
    self->quiet = quiet;
    self->timer.run = tick;
    sim_world_set_timer(world, &self->timer, world->now + INTERVAL);
    return self;
}

void
oracle_free(Oracle *self)
{
    if (!self)
        return;
    sim_world_set_timer(self->world, &self->timer, SIM_NEVER);
    for (guint i = 0; i < self->n; i++) {
        sim_world_set_timer(self->world, &self->watches[i].timer, SIM_NEVER);
        heard_free(self->watches[i].heard);
        seen_free(self->watches[i].seen);
        attempts_free(self->watches[i].attempts);
    }
    g_free(self->watches);
    g_free(self->pairs);
    g_free(self);
}

/* All hosts are declared before the first event. */
static void
make_tables(Oracle *self)
{
    if (self->pairs)
        return;
    self->n = self->world->hosts->len;
    self->watches = g_new0(Watch, self->n);
    self->pairs = g_new0(Pair, self->n * self->n);
    for (guint i = 0; i < self->n * self->n; i++)
        self->pairs[i].broken = self->pairs[i].untrue = SIM_NEVER;
    for (guint i = 0; i < self->n; i++) {
        SimHost *host = self->world->hosts->pdata[i];
        self->watches[i] = (Watch){.timer = {.run = look},
                                   .oracle = self,
                                   .host = host,
                                   .heard = heard_new(),
                                   .seen = seen_new(),
                                   .attempts = attempts_new()};
    }
}

static Watch *
watch_of(Oracle *self, const SimHost *host)
{
    make_tables(self);
    return &self->watches[host->index];
}

/* Reports @wrong and takes ownership of it; NULL: no violation. */
static void
fail_if(Oracle *self, char *wrong)
{
    if (wrong && !self->failed) {
        self->failed = TRUE;
        self->fail(wrong, self->user_data);
    }
    g_free(wrong);
}

/* TRUE if the host is reachable. What becomes of a liar is not judged. */
static gboolean
takes_part(const SimHost *host)
{
    gboolean attached = FALSE;

    for (guint i = 0; i < host->ports->len; i++) {
        const SimPort *port = host->ports->pdata[i];
        attached |=
            g_str_has_prefix(port->name, "eth") && port->net && port->up && !port->net->down;
    }
    return attached && host->device && !host->asleep && !host->liar &&
           (sim_member_is_running(host) || host->kind == SIM_KIND_BASIC);
}

/* ---- facts */

void
oracle_before_receive(Oracle *self, const SimHost *to, const WlIp *source, GBytes *bytes)
{
    g_autoptr(GArray) facts = sim_facts_decode(bytes);
    Watch *watch = watch_of(self, to);
    const SimHost *from = NULL;

    for (guint i = 0; i < self->n && !from; i++) {
        if (wl_ip_equal(&self->watches[i].host->link_local, source))
            from = self->watches[i].host;
    }
    for (guint i = 0; from && i < facts->len; i++)
        heard_note(watch->heard, self->world->now, from, &g_array_index(facts, WlFact, i));
}

void
oracle_after_receive(Oracle *self, const SimHost *to, GBytes *bytes)
{
    g_autoptr(GArray) facts = NULL;

    if (to->kind != SIM_KIND_NATIVE)
        return;
    facts = sim_facts_decode(bytes);
    fail_if(self, check_tables(to, facts));
}

void
oracle_before_send(Oracle *self, const SimHost *from, GBytes *bytes)
{
    g_autoptr(GArray) facts = NULL;
    Watch *watch = watch_of(self, from);

    /* The Go daemon is modeled with its faults. */
    if (from->kind != SIM_KIND_NATIVE)
        return;
    facts = sim_facts_decode(bytes);
    for (guint i = 0; i < facts->len && !self->failed; i++)
        fail_if(self,
                check_fact_sent(from, watch->heard, watch->seen, &g_array_index(facts, WlFact, i)));
}

/* ---- devices */

/* An event may have caused a violation, which the member must repair within GRACE. */
static void
check_soon(Watch *watch)
{
    if (watch->timer.wait.position == 0)
        sim_world_set_timer(watch->host->world, &watch->timer, watch->host->world->now + GRACE);
}

static void
look(SimTimer *timer)
{
    Watch *watch = (Watch *) timer;
    const SimHost *host = watch->host;
    char *wrong;
    gboolean before = watch->wrong;

    watch->wrong = FALSE;
    if (!host->engine || host->asleep || !host->device)
        return;
    wrong = check_device(host, watch->heard, watch->seen);
    if (!wrong)
        return;
    if (before) {
        fail_if(watch->oracle, wrong);
        return;
    }
    g_free(wrong);
    watch->wrong = TRUE;
    check_soon(watch);
}

void
oracle_note_fault(Oracle *self, const SimHost *host)
{
    Watch *watch = watch_of(self, host);

    watch->disturbed = self->world->now;
    check_soon(watch);
}

/* TRUE in a world with several routers. A leaf uses the one, reaches the others through it, and may
 * go back to an earlier one when all is at rest. */
static gboolean
has_several_routers(const SimWorld *world)
{
    guint routers = 0;

    for (guint i = 0; i < world->hosts->len; i++)
        routers += ((const SimHost *) world->hosts->pdata[i])->forwards != FALSE;
    return routers > 1;
}

/* TRUE for one of several routers. */
static gboolean
is_standby(const SimHost *host)
{
    return host->forwards && has_several_routers(host->world);
}

/* At rest no path of two native members changes, and no native member is added or removed. */
static char *
check_change_at_rest(const SimHost *host, const WlPeerChange *change)
{
    const SimHost *peer = sim_world_find_key(host->world, &change->public_key);

    if ((change->kind == WL_PEER_UPDATE && !change->replace_allowed_ips) || !peer ||
        peer->kind != SIM_KIND_NATIVE || !takes_part(peer) || is_standby(peer) ||
        is_standby(host) ||
        sim_device_has_just(host->device, &change->public_key, change->allowed_ips))
        return NULL;
    return g_strdup_printf("%s changes the allowed IPs of %s at rest", host->name, peer->name);
}

void
oracle_before_change(Oracle *self, const SimHost *host, const WlPeerChange *change)
{
    Watch *watch = watch_of(self, host);

    if (host->kind != SIM_KIND_NATIVE)
        return;
    fail_if(self, check_change(host, watch->heard, watch->seen, change));
    if (!self->failed)
        fail_if(self, attempts_note_change(watch->attempts, host, change));
    if (self->settled && !self->failed && !host->liar)
        fail_if(self, check_change_at_rest(host, change));
    check_soon(watch);
}

void
oracle_note_dump(Oracle *self, const SimHost *host, const WlDevice *device)
{
    Watch *watch = watch_of(self, host);

    if (host->kind == SIM_KIND_NATIVE && seen_note(watch->seen, host, device))
        check_soon(watch);
}

void
oracle_note_handshake(Oracle *self, const SimHost *host, const WlEndpoint *to,
                      const SimMessage *message)
{
    Watch *watch = watch_of(self, host);

    if (message->kind == SIM_MESSAGE_RESPONSE)
        attempts_note_answer(watch->attempts, to);
    else if (message->kind == SIM_MESSAGE_INITIATION && !self->failed)
        fail_if(self, attempts_note_initiation(watch->attempts, host, to));
}

/* ---- paths */

static gboolean
hear_each_other(const SimHost *a, const SimHost *b)
{
    return !sim_world_is_cut(a->world, a, b) && !sim_world_is_cut(a->world, b, a);
}

static void
fail_pair(Oracle *self, SimHost *a, SimHost *b, const char *what)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    truth_describe(a, b, seen);
    truth_describe(b, a, seen);
    fail_if(self, g_strdup_printf("%s\n%s", what, seen->str));
}

/* TRUE if both can communicate with one hub, and all that take part with each other. */
static gboolean
hub_is_fine(const Oracle *self, const SimHost *a, const SimHost *b, gint64 *since, gboolean *any_go)
{
    gboolean common = FALSE;

    for (guint i = 0; i < self->n; i++) {
        const SimHost *host = self->world->hosts->pdata[i];

        if (!host->forwards)
            continue;
        *since = MAX(*since, self->watches[i].disturbed);
        *any_go |= host->kind != SIM_KIND_NATIVE;
        common |= takes_part(host) && hear_each_other(host, a) && hear_each_other(host, b);
        for (guint j = 0; j < i; j++) {
            const SimHost *other = self->world->hosts->pdata[j];
            if (other->forwards && takes_part(host) && takes_part(other) &&
                !hear_each_other(host, other))
                return FALSE;
        }
    }
    return common;
}

/* A Go daemon that has the address of a standby router in its profile sends there directly, and the
 * router takes its packets from the other one alone. Two Go daemons are not judged either. */
static gboolean
is_judged(const SimHost *a, const SimHost *b)
{
    if (a->kind == SIM_KIND_GO && b->kind == SIM_KIND_GO)
        return FALSE;
    return !((is_standby(a) && b->kind != SIM_KIND_NATIVE) ||
             (is_standby(b) && a->kind != SIM_KIND_NATIVE));
}

/* TRUE for a pair that has at least a path through the hub and enough time to find it. */
static void
check_pair(Oracle *self, SimHost *a, SimHost *b)
{
    Pair *pair = &self->pairs[a->index * self->n + b->index];
    gint64 now = self->world->now;
    gint64 since = MAX(self->watches[a->index].disturbed, self->watches[b->index].disturbed),
           broken;
    gboolean any_go = a->kind != SIM_KIND_NATIVE || b->kind != SIM_KIND_NATIVE;

    if (!is_judged(a, b))
        return;
    if (!takes_part(a) || !takes_part(b) || !hub_is_fine(self, a, b, &since, &any_go) ||
        truth_is_reachable(a, b)) {
        pair->broken = SIM_NEVER;
        return;
    }
    if (pair->broken == SIM_NEVER)
        pair->broken = now;
    broken = now - MAX(pair->broken, since);
    if (any_go)
        self->worst_go = MAX(self->worst_go, broken);
    else
        self->worst_native = MAX(self->worst_native, broken);
    if (broken > (any_go ? LIMIT_GO : LIMIT_NATIVE))
        fail_pair(self, a, b, "nothing arrives, although there is a path");
}

/* ---- rest */

static const WlKey *
owner_of(SimHost *a, SimHost *b)
{
    WlIp ip;

    if (!a->device || b->config->addresses->len == 0)
        return NULL;
    ip = g_array_index(b->config->addresses, WlPrefix, 0).ip;
    return sim_device_find_owner(a->device, &ip);
}

static void
settle_pair(Oracle *self, SimHost *a, SimHost *b)
{
    Pair *pair = &self->pairs[a->index * self->n + b->index];
    const WlKey *owner = owner_of(a, b);

    if (!takes_part(a) || !takes_part(b))
        return;
    pair->direct = truth_is_direct(a, b);
    if (owner)
        pair->owner = *owner;
    if (a->kind == SIM_KIND_NATIVE && b->kind == SIM_KIND_NATIVE && !pair->direct &&
        check_path(a, b) == PATH_POSSIBLE && !is_standby(a) && !is_standby(b))
        fail_pair(self, a, b, "the pair is not direct, although the networks allow it");
    else if (is_judged(a, b) && !truth_is_reachable(a, b))
        fail_pair(self, a, b, "nothing arrives after the last fault");
}

static void
check_rest(Oracle *self, SimHost *a, SimHost *b)
{
    Pair *pair = &self->pairs[a->index * self->n + b->index];
    const WlKey *owner = owner_of(a, b);

    if (a->kind != SIM_KIND_NATIVE || b->kind != SIM_KIND_NATIVE || !takes_part(a) ||
        !takes_part(b))
        return;
    if ((!owner || !wl_key_equal(owner, &pair->owner)) &&
        !(has_several_routers(self->world) && (!pair->direct || is_standby(a) || is_standby(b))))
        fail_pair(self, a, b, "the path changed at rest");
}

static void
settle_host(Oracle *self, SimHost *host)
{
    self->watches[host->index].changes = host->history->len;
    self->watches[host->index].facts = host->counters.facts - host->counters.facts_to_liars;
}

static void
check_host_at_rest(Oracle *self, const SimHost *host, gint64 duration)
{
    guint sent =
        host->counters.facts - host->counters.facts_to_liars - self->watches[host->index].facts;
    gint64 limit = IDLE_DATAGRAMS * (gint64) self->n * (duration / SIM_SEC(60) + 2);

    /* Routers ask each other whether they are there. */
    if (is_standby(host))
        limit += duration / SIM_SEC(1);

    if (host->kind != SIM_KIND_NATIVE || host->liar)
        return;
    for (guint i = self->watches[host->index].changes; i < host->history->len; i++) {
        const SimChange *change = &g_array_index(host->history, SimChange, i);
        const SimHost *peer = sim_world_find_key(host->world, &change->key);
        /* A Go daemon may find a path after hours. */
        if (peer && peer->kind == SIM_KIND_NATIVE && !peer->liar && !is_standby(peer) &&
            !is_standby(host))
            fail_if(self,
                    g_strdup_printf("%s: the state of %s changed at rest", host->name, peer->name));
    }
    if (sent > limit)
        fail_if(self,
                g_strdup_printf("%s sent %u datagrams of facts at rest in %" G_GINT64_FORMAT " s",
                                host->name, sent, duration / SIM_SEC(1)));
}

/* What a member shows of its peers names no endpoint that its kernel would send into the tunnel. */
static void
check_endpoints(Oracle *self, const SimHost *host)
{
    g_autoptr(GArray) peers = NULL;

    if (host->kind != SIM_KIND_NATIVE || !host->engine || host->asleep)
        return;
    peers = wl_engine_dup_peers(host->engine);
    for (guint i = 0; i < peers->len; i++) {
        WlPeerView view;
        if (wl_engine_get_peer(host->engine, &g_array_index(peers, WlKey, i), &view) &&
            view.endpoint.ip.family != WL_FAMILY_NONE && rules_is_inside(host, &view.endpoint.ip)) {
            g_autofree char *text = wl_endpoint_to_string(&view.endpoint);
            fail_if(self,
                    g_strdup_printf("%s shows a peer at %s, inside the tunnel", host->name, text));
        }
    }
}

/* TRUE if @a shows of @b what its device does: the packets for the address of @b go to @b itself,
 * or to the router that it names. */
static gboolean
is_true(SimHost *a, SimHost *b)
{
    const WlKey *owner = owner_of(a, b);
    WlPeerView view;

    if (!owner || !wl_engine_get_peer(a->engine, &b->public_key, &view))
        return TRUE; /* another oracle judges whether it should have one */
    if (view.state >= WL_PEER_DIRECT)
        return wl_key_equal(owner, &b->public_key);
    if (view.state == WL_PEER_ROUTED)
        return view.has_via && wl_key_equal(owner, &view.via);
    return TRUE;
}

static void
check_truth(Oracle *self, SimHost *a, SimHost *b)
{
    Pair *pair = &self->pairs[a->index * self->n + b->index];
    gint64 now = self->world->now;

    if (a->kind != SIM_KIND_NATIVE || !a->engine || a->asleep || a->liar || is_true(a, b)) {
        pair->untrue = SIM_NEVER;
        return;
    }
    if (pair->untrue == SIM_NEVER)
        pair->untrue = now;
    if (now - pair->untrue >= LIMIT_UNTRUE)
        fail_pair(self, a, b, "what is shown is not what the device does");
}

/* ---- checks at intervals */

static void
for_each_pair(Oracle *self, void (*func)(Oracle *self, SimHost *a, SimHost *b))
{
    GPtrArray *hosts = self->world->hosts;

    for (guint i = 0; i < hosts->len; i++) {
        for (guint j = 0; j < hosts->len && !self->failed; j++) {
            if (i != j)
                func(self, hosts->pdata[i], hosts->pdata[j]);
        }
    }
}

static void
tick(SimTimer *timer)
{
    Oracle *self = (Oracle *) timer;
    GPtrArray *hosts = self->world->hosts;
    gint64 now = self->world->now, rest = self->quiet + ORACLE_SETTLED;

    make_tables(self);
    for_each_pair(self, check_pair);
    for_each_pair(self, check_truth);
    for (guint i = 0; i < hosts->len; i++)
        check_endpoints(self, hosts->pdata[i]);
    if (now >= rest && !self->settled) {
        self->settled = TRUE;
        for_each_pair(self, settle_pair);
        for (guint i = 0; i < hosts->len; i++)
            settle_host(self, hosts->pdata[i]);
    } else if (self->settled) {
        for_each_pair(self, check_rest);
        for (guint i = 0; i < hosts->len; i++)
            check_host_at_rest(self, hosts->pdata[i], now - rest);
    }
    sim_world_set_timer(self->world, timer,
                        now + (now < self->quiet + LATER ? INTERVAL : LATER_INTERVAL));
}

void
oracle_gather(const Oracle *self, gint64 *native, gint64 *go)
{
    *native = MAX(*native, self->worst_native);
    *go = MAX(*go, self->worst_go);
}
