/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records how well off honest members are, and compares two worlds.
 */
#include "oracle/record.h"

#include "world/truth.h"

#define INTERVAL SIM_SEC(1)
/* A member behind a NAT that lost its mappings is heard again when it sends, which without traffic
 * is its next Alive, and a pair without traffic misses packets when an Alive is late. The lies move
 * the Alives of their run, but not of the runs without. */
#define ALIVE_PERIOD 30 /* s */

#define IS_DIRECT    1
#define IS_REACHABLE 2
#define IS_JUDGED    4 /* both run and are awake */

/* With lies a quantity may be @factor times what it is without them, and @slack more; @of_liar more
 * for each liar and minute, and @of_lie more for each datagram of lies to this member, of bytes for
 * each byte. */
typedef struct {
    const char *name;
    struct {
        double factor, slack, of_liar, of_lie;
    } limit[RECORD_TRUST_N];
} Quantity;

static const Quantity quantities[RECORD_N] = {
    [RECORD_DIRECT] = {"seconds until direct", {{1.5, 10, 0, 0}, {2, 40, 0, 0}}},
    [RECORD_UNREACHABLE] = {"seconds without a path", {{1.5, 10, 0, 0}, {1.5, 15, 0, 0}}},
    [RECORD_INDIRECT] = {"seconds not direct", {{1.5, 20, 0, 0}, {2, 60, 0, 0}}},
    [RECORD_DATAGRAMS] = {"datagrams to honest members", {{1.5, 60, 30, 0}, {1.5, 60, 90, 0}}},
    [RECORD_BYTES] = {"bytes", {{1.5, 50000, 150000, 1.5}, {1.5, 50000, 150000, 1.5}}},
    [RECORD_INITIATIONS] = {"initiations", {{1.5, 20, 2, 0}, {1.5, 60, 90, 0}}},
    [RECORD_WAKEUPS] = {"wake-ups", {{1.5, 50, 250, 0.2}, {1.5, 50, 300, 0.2}}},
    [RECORD_SNAPSHOTS] = {"dumps of the device", {{1.5, 50, 300, 0}, {1.5, 50, 350, 0}}},
    [RECORD_DEVICE_CHANGES] = {"device changes", {{1.5, 30, 12, 0}, {1.5, 60, 90, 0}}},
    [RECORD_STATE_CHANGES] = {"state changes of honest peers", {{1.5, 10, 0, 0}, {1.5, 20, 0, 0}}},
    [RECORD_LOG_LINES] = {"log lines", {{1.5, 20, 12, 0}, {1.5, 20, 12, 0}}},
    [RECORD_SAVES] = {"saves of the state", {{1.5, 3, 0.2, 0}, {1.5, 3, 0.2, 0}}},
};

typedef struct {
    gint64 when;
    guint host;         /* G_MAXUINT: all */
    gboolean unnoticed; /* until a packet is sent */
} Fault;

typedef struct {
    char *name;
    gboolean judged; /* honest and native */
    gboolean forwards;
    double spent[RECORD_N];
    double lies, lie_bytes; /* sent to it */
} Member;

struct _Record {
    SimTimer timer;
    SimWorld *world; /* NULL: over */
    GArray *faults;
    Member *members;
    GByteArray **pairs; /* [a * n + b], samples */
    guint n, liars;
    gint64 begun, over;
};

const char *
record_quantity_to_string(RecordQuantity quantity)
{
    return quantities[quantity].name;
}

/* ---- recording */

static gboolean
is_judged(const SimHost *host)
{
    return !host->liar && host->kind == SIM_KIND_NATIVE && host->ports->len > 0;
}

static void
sample(SimTimer *timer)
{
    Record *self = (Record *) timer;
    const GPtrArray *hosts = self->world->hosts;

    for (guint i = 0; i < self->n * self->n; i++) {
        SimHost *a = hosts->pdata[i / self->n], *b = hosts->pdata[i % self->n];
        guint8 state = 0;

        if (!self->pairs[i])
            continue;
        if (a->engine && b->engine && !a->asleep && !b->asleep)
            state = (guint8) (IS_JUDGED | (truth_is_direct(a, b) ? IS_DIRECT : 0) |
                              (truth_is_reachable(a, b) ? IS_REACHABLE : 0));
        g_byte_array_append(self->pairs[i], &state, 1);
    }
    sim_world_set_timer(self->world, timer, self->world->now + INTERVAL);
}

Record *
record_new(SimWorld *world)
{
    Record *self = g_new0(Record, 1);

    self->world = world;
    self->n = world->hosts->len;
    self->begun = world->now;
    self->faults = g_array_new(FALSE, FALSE, sizeof(Fault));
    self->members = g_new0(Member, self->n);
    self->pairs = g_new0(GByteArray *, self->n * self->n);
    for (guint i = 0; i < self->n; i++) {
        const SimHost *host = world->hosts->pdata[i];
        self->members[i] = (Member){
            .name = g_strdup(host->name), .judged = is_judged(host), .forwards = host->forwards};
        self->liars += host->liar != NULL;
    }
    for (guint i = 0; i < self->n * self->n; i++) {
        guint a = i / self->n, b = i % self->n;
        if (a != b && self->members[a].judged && self->members[b].judged)
            self->pairs[i] = g_byte_array_new();
    }
    self->timer.run = sample;
    sim_world_set_timer(world, &self->timer, world->now + INTERVAL);
    return self;
}

void
record_free(Record *self)
{
    if (self->world)
        sim_world_set_timer(self->world, &self->timer, SIM_NEVER);
    for (guint i = 0; i < self->n * self->n; i++)
        g_clear_pointer(&self->pairs[i], g_byte_array_unref);
    for (guint i = 0; i < self->n; i++)
        g_free(self->members[i].name);
    g_array_unref(self->faults);
    g_free(self->pairs);
    g_free(self->members);
    g_free(self);
}

void
record_note_fault(Record *self, const SimHost *host, gboolean unnoticed)
{
    Fault fault = {
        .when = self->world->now, .host = host ? host->index : G_MAXUINT, .unnoticed = unnoticed};

    g_array_append_val(self->faults, fault);
}

static guint
count_changes(const SimHost *host)
{
    guint n = 0;

    for (guint i = 0; i < host->history->len; i++) {
        const SimHost *peer =
            sim_world_find_key(host->world, &g_array_index(host->history, SimChange, i).key);
        n += peer && !peer->liar;
    }
    return n;
}

void
record_finish(Record *self)
{
    self->over = self->world->now;
    for (guint i = 0; i < self->n; i++) {
        const SimHost *host = self->world->hosts->pdata[i];
        SimCounters counters = sim_host_get_counters(host);
        double *spent = self->members[i].spent;

        spent[RECORD_DATAGRAMS] = counters.facts - counters.facts_to_liars;
        spent[RECORD_BYTES] = (double) counters.bytes;
        spent[RECORD_INITIATIONS] = counters.initiations;
        spent[RECORD_WAKEUPS] = counters.wakeups;
        spent[RECORD_SNAPSHOTS] = counters.snapshots;
        spent[RECORD_DEVICE_CHANGES] = counters.requests;
        spent[RECORD_STATE_CHANGES] = count_changes(host);
        spent[RECORD_LOG_LINES] = counters.logs;
        spent[RECORD_SAVES] = counters.saves;
        self->members[i].lies = counters.lies;
        self->members[i].lie_bytes = (double) counters.lie_bytes;
    }
    sim_world_set_timer(self->world, &self->timer, SIM_NEVER);
    self->world = NULL;
}

/* ---- comparing */

typedef struct {
    RecordTrust trust;
    RecordWorst *worst;
    double minutes; /* of all liars */
    char *wrong;
} Comparison;

/* @wait: what chance alone may add. */
static gboolean
judge(Comparison *self, RecordQuantity quantity, double without, double with, double lies,
      double wait)
{
    const Quantity *q = &quantities[quantity];
    double limit = q->limit[self->trust].factor * without + q->limit[self->trust].slack +
                   q->limit[self->trust].of_liar * self->minutes +
                   q->limit[self->trust].of_lie * lies + wait;

    if (self->worst && with / limit > self->worst->part[quantity]) {
        self->worst->part[quantity] = with / limit;
        self->worst->with[quantity] = with;
        self->worst->without[quantity] = without;
    }
    return with <= limit;
}

static gboolean
affects(const Record *self, const Fault *fault, guint a, guint b)
{
    return fault->host == G_MAXUINT || fault->host == a || fault->host == b ||
           self->members[fault->host].forwards;
}

/* The samples from @from to @to of one pair. Without a direct one, `direct` is -1. */
typedef struct {
    double direct, unreachable, indirect;
} Span;

static Span
measure(const Record *self, guint pair, gint64 from, gint64 to)
{
    const GByteArray *samples = self->pairs[pair];
    gint64 first = (from - self->begun) / INTERVAL, last = (to - self->begun) / INTERVAL;
    Span span = {.direct = -1};

    for (gint64 i = first; i < MIN(last, (gint64) samples->len); i++) {
        guint8 state = samples->data[i];

        if (!(state & IS_JUDGED))
            continue;
        if ((state & IS_DIRECT) && span.direct < 0)
            span.direct = (double) (i - first);
        span.unreachable += !(state & IS_REACHABLE);
        span.indirect += !(state & IS_DIRECT);
    }
    return span;
}

/* The worst of all worlds without lies. */
static Span
measure_all(const GPtrArray *without, guint pair, gint64 from, gint64 to)
{
    Span worst = {0};

    for (guint i = 0; i < without->len; i++) {
        Span span = measure(without->pdata[i], pair, from, to);

        worst.direct = span.direct < 0 || worst.direct < 0 ? -1 : MAX(worst.direct, span.direct);
        worst.unreachable = MAX(worst.unreachable, span.unreachable);
        worst.indirect = MAX(worst.indirect, span.indirect);
    }
    return worst;
}

static gboolean
fail_pair(Comparison *self, const Record *with, guint pair, RecordQuantity quantity, gint64 from,
          double before, double after)
{
    if (!self->wrong)
        self->wrong = g_strdup_printf(
            "%s and %s after the event at %.0f s: %.0f %s with the lies, %.0f without",
            with->members[pair / with->n].name, with->members[pair % with->n].name,
            (double) (from - SIM_START) / 1e6, after, quantities[quantity].name, before);
    return FALSE;
}

static gboolean
was_direct(const Record *self, guint pair, gint64 when)
{
    gint64 last = (when - self->begun) / INTERVAL - 1;

    return last >= 0 && last < (gint64) self->pairs[pair]->len &&
           (self->pairs[pair]->data[last] & IS_DIRECT);
}

/* TRUE if the pair was direct before an event without lies only: it still recovers from the one
 * before, whose time was compared. */
static gboolean
is_late(const GPtrArray *without, const Record *with, guint pair, gint64 when)
{
    for (guint i = 0; i < without->len; i++) {
        if (was_direct(without->pdata[i], pair, when))
            return !was_direct(with, pair, when);
    }
    return FALSE;
}

static gboolean
compare_span(Comparison *self, const GPtrArray *without, const Record *with, guint pair,
             gint64 from, gint64 to, double wait)
{
    Span before = measure_all(without, pair, from, to), after = measure(with, pair, from, to);
    /* Not until the next event: at least this long. */
    double direct = after.direct < 0 ? after.indirect : after.direct;

    if (before.direct >= 0 && !is_late(without, with, pair, from) &&
        !judge(self, RECORD_DIRECT, before.direct, direct, 0, wait))
        return fail_pair(self, with, pair, RECORD_DIRECT, from, before.direct, direct);
    if (!judge(self, RECORD_UNREACHABLE, before.unreachable, after.unreachable, 0, wait))
        return fail_pair(self, with, pair, RECORD_UNREACHABLE, from, before.unreachable,
                         after.unreachable);
    if (!judge(self, RECORD_INDIRECT, before.indirect, after.indirect, 0, wait))
        return fail_pair(self, with, pair, RECORD_INDIRECT, from, before.indirect, after.indirect);
    return TRUE;
}

static void
compare_pair(Comparison *self, const GPtrArray *without, const Record *with, guint pair)
{
    gint64 from = with->begun;
    gboolean unnoticed = FALSE;

    for (guint i = 0; i <= with->faults->len; i++) {
        const Fault *fault = i < with->faults->len ? &g_array_index(with->faults, Fault, i) : NULL;

        if (fault && !affects(with, fault, pair / with->n, pair % with->n))
            continue;
        if (!compare_span(self, without, with, pair, from, fault ? fault->when : with->over,
                          unnoticed ? ALIVE_PERIOD : 0))
            return;
        if (!fault)
            continue;
        unnoticed = fault->unnoticed || (unnoticed && fault->when == from);
        from = fault->when;
    }
}

static void
compare_member(Comparison *self, const GPtrArray *without, const Record *with, guint i)
{
    const Member *member = &with->members[i];

    for (RecordQuantity quantity = RECORD_DATAGRAMS; quantity < RECORD_N; quantity++) {
        double before = 0;

        for (guint j = 0; j < without->len; j++) {
            const Record *record = without->pdata[j];
            before = MAX(before, record->members[i].spent[quantity]);
        }
        if (!judge(self, quantity, before, member->spent[quantity],
                   quantity == RECORD_BYTES ? member->lie_bytes : member->lies, 0) &&
            !self->wrong)
            self->wrong =
                g_strdup_printf("%s: %.0f %s with the lies, %.0f without", member->name,
                                member->spent[quantity], quantities[quantity].name, before);
    }
}

char *
record_compare(const GPtrArray *without, const Record *with, RecordTrust trust, RecordWorst *worst)
{
    Comparison self = {
        .trust = trust,
        .worst = worst,
        .minutes = with->liars * (double) (with->over - with->begun) / 1e6 / 60,
    };

    for (guint i = 0; i < with->n * with->n; i++) {
        if (with->pairs[i])
            compare_pair(&self, without, with, i);
    }
    for (guint i = 0; i < with->n; i++) {
        if (with->members[i].judged)
            compare_member(&self, without, with, i);
    }
    return self.wrong;
}
