/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random worlds with liars: makes them as text, and runs them with the lies and without.
 */
#include "liar-world.h"

#include <stdio.h>

#include "scenario/run.h"
#include "world/liar/liars.h"

#define MAX_HONEST  6
#define MAX_LIARS   6
#define MAX_SITES   4
#define LAST_START  15 /* s */
#define FIRST_LIE   10 /* s: while members start */
#define FIRST_FAULT 60
#define LAST_FAULT  200
#define QUIET       240 /* s: all faults are over */
#define SHORT       240 /* s after it */
#define LONG        900 /* until all properties of rest were checked */
#define MAX_WITHOUT 3   /* runs without lies, if the first compares badly */

typedef struct {
    guint32 seed;
    GRand *random;
    GString *text;
    guint honest, liars; /* members; the hub is the first honest one */
    guint sites;
    gboolean tunnel6;
    guint next[MAX_SITES + 1]; /* the next free address of each site, and of the internet */
    gboolean go[MAX_HONEST];
    guint free[MAX_HONEST]; /* s: when the member may have its next fault */
} Maker;

static guint
roll(Maker *self, guint bound)
{
    return (guint) g_rand_int_range(self->random, 0, (gint32) bound);
}

static gboolean
chance(Maker *self, double probability)
{
    return g_rand_double(self->random) < probability;
}

static void G_GNUC_PRINTF(2, 3) add_line(Maker *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(self->text, format, args);
    va_end(args);
    g_string_append_c(self->text, '\n');
}

/* ---- networks and members */

static void
make_sites(Maker *self)
{
    static const char *const kinds[] = {"full-cone", "address-restricted", "port-restricted",
                                        "port-restricted", "symmetric"};

    add_line(self, "network internet delay %ums jitter %ums loss %u%%", 5 + roll(self, 60),
             1 + roll(self, 20), chance(self, 0.3) ? 1 : 0);
    for (guint i = 0; i < self->sites; i++) {
        add_line(self, "network site%u", i);
        add_line(self, "nat nat%u on internet 198.51.100.%u/24 lan site%u 192.168.%u.1/24 %s%s", i,
                 i + 1, i, i, kinds[roll(self, G_N_ELEMENTS(kinds))],
                 chance(self, 0.3) ? " hairpin" : "");
        self->next[i] = 2;
    }
    self->next[self->sites] = 2;
}

/* A network and an unused address in it. To be freed. */
static char *
make_place(Maker *self, double outside)
{
    guint site = chance(self, outside) ? self->sites : roll(self, self->sites);
    guint host = self->next[site]++;

    if (site == self->sites)
        return g_strdup_printf("internet 203.0.113.%u/24", host);
    return g_strdup_printf("site%u 192.168.%u.%u/24", site, site, host);
}

static void
make_member(Maker *self, const char *name, guint number, const char *place, const char *options)
{
    g_autofree char *tunnel6 = g_strdup_printf(" fd77::%x/64", number + 1);

    add_line(self, "host %s on %s tunnel 10.77.0.%u/24%s port %u %s", name, place, number + 1,
             self->tunnel6 ? tunnel6 : "", 51820 + number, options);
}

static void
make_members(Maker *self)
{
    for (guint i = 0; i < self->honest; i++) {
        g_autofree char *name = g_strdup_printf("m%u", i);
        g_autofree char *place =
            i == 0 ? g_strdup("internet 203.0.113.1/24") : make_place(self, 0.15);

        self->go[i] = i > 0 && chance(self, 0.15);
        make_member(self, name, i, place, i == 0 ? "native router" : self->go[i] ? "go" : "native");
    }
    for (guint i = 0; i < self->liars; i++) {
        g_autofree char *name = g_strdup_printf("l%u", i);
        g_autofree char *place = make_place(self, 0.6);

        make_member(self, name, self->honest + i, place, "native");
    }
}

/* A trust value in a profile ends the trust in routers, which therefore gets one as well. */
static void
make_profiles(Maker *self, RecordTrust trust)
{
    add_line(self, "star m0 203.0.113.1:51820%s", chance(self, 0.5) ? " full-mesh" : "");
    for (guint i = 0; i < self->honest && trust == RECORD_TRUST_NONE; i++) {
        add_line(self, "profile m%u", i);
        if (i > 0)
            add_line(self, "peer m0 trust Membership");
        for (guint j = 0; j < self->liars; j++)
            add_line(self, "peer l%u trust Untrusted", j);
    }
}

/* ---- lies and faults */

/* The groups have one to six members each, and one strategy to all of them. */
static void
make_lies(Maker *self)
{
    const char *const *strategies = sim_liars_get_strategies();
    guint n = g_strv_length((GStrv) strategies);

    for (guint i = 0; i < self->liars;) {
        guint size = 1 + roll(self, self->liars - i);
        gboolean all = chance(self, 0.1);

        g_string_append_printf(self->text, "at %us lie", FIRST_LIE + roll(self, 30));
        for (guint j = 0; j < size; j++)
            g_string_append_printf(self->text, " l%u", i + j);
        g_string_append(self->text, " with");
        for (guint j = 0; all && j < n; j++)
            g_string_append_printf(self->text, " %s", strategies[j]);
        for (guint j = 1 + roll(self, 3); !all && j > 0; j--)
            g_string_append_printf(self->text, " %s", strategies[roll(self, n)]);
        g_string_append_c(self->text, '\n');
        i += size;
    }
}

static void
make_pair(Maker *self, guint at, guint until, guint i, const char *begin, const char *end)
{
    add_line(self, "at %us %s m%u", at, begin, i);
    add_line(self, "at %us %s m%u", until, end, i);
}

static void
make_fault(Maker *self, guint at)
{
    guint until = at + 1 + roll(self, 30), i = roll(self, self->honest);
    guint other = roll(self, self->honest);

    if (self->free[i] > at)
        return;
    self->free[i] = until + 1;
    switch (roll(self, 9)) {
    case 0:
    case 1:
        if (i > 0) {
            g_autofree char *place = make_place(self, 0.15);
            add_line(self, "at %us attach m%u %s", at, i, place);
        }
        break;
    case 2:
        make_pair(self, at, until, i, "sleep", "wake");
        break;
    case 3:
        make_pair(self, at, until, i, "power-off", "start");
        break;
    case 4:
        make_pair(self, at, until, i, "stop", "start");
        break;
    case 5:
        make_pair(self, at, until, i, "crash", "start");
        break;
    case 6:
        add_line(self, "at %us cut m%u all", at, i);
        add_line(self, "at %us mend m%u all", until, i);
        break;
    case 7:
        if (other == i)
            break;
        add_line(self, "at %us cut m%u m%u", at, i, other);
        add_line(self, "at %us mend m%u m%u", until, i, other);
        break;
    default:
        add_line(self, "at %us nat nat%u flush", at, roll(self, self->sites));
        break;
    }
}

char *
liar_world_new(guint32 seed, RecordTrust *trust)
{
    Maker self = {.seed = seed, .random = g_rand_new_with_seed(seed), .text = g_string_new(NULL)};
    guint faults;

    *trust = seed % 2 ? RECORD_TRUST_ENDPOINT : RECORD_TRUST_NONE;
    self.honest = 3 + roll(&self, MAX_HONEST - 2);
    self.liars = chance(&self, 0.4) ? 1 : 2 + roll(&self, MAX_LIARS - 1);
    self.sites = 1 + roll(&self, MAX_SITES);
    self.tunnel6 = chance(&self, 0.3);
    faults = roll(&self, 2 * self.honest);
    add_line(&self, "title random world %u with liars", seed);
    make_sites(&self);
    make_members(&self);
    make_profiles(&self, *trust);
    add_line(&self, "properties quiet %us", QUIET);
    for (guint i = 0; i < self.liars; i++)
        add_line(&self, "at %ums start l%u", roll(&self, FIRST_LIE * 1000), i);
    for (guint i = 0; i < self.honest; i++)
        add_line(&self, "at %ums start m%u", roll(&self, LAST_START * 1000), i);
    make_lies(&self);
    /* Sorted by time, so that a fault of a member ends before its next one. */
    for (guint i = 0; i < faults; i++)
        make_fault(&self, FIRST_FAULT + i * (LAST_FAULT - FIRST_FAULT) / faults);
    add_line(&self, "at %us network internet loss 0%%", QUIET);
    add_line(&self, "ends %us", QUIET + (seed % 5 ? SHORT : LONG));
    g_rand_free(self.random);
    return g_string_free(self.text, FALSE);
}

/* ---- running */

/* @chance: which chances of the networks; 0: those of the seed. */
static Record *
run_once(ScenarioText *text, guint32 seed, gboolean silent, guint chances, gboolean trace,
         char **failure, GError **error)
{
    g_autoptr(Run) run = run_new(text, MIXTURE_NATIVE, seed, trace, error);
    g_autoptr(Record) record = NULL;

    if (!run)
        return NULL;
    if (chances > 0)
        g_rand_set_seed(run->world->random, seed + (guint32) chances * 1000003);
    run->silent_liars = silent;
    record = run->record = record_new(run->world);
    run_execute(run);
    if (trace)
        fputs(run->world->trace->str, stdout);
    record_finish(record);
    if (run->failure && !*failure)
        *failure = g_strdup_printf("%s, %s", silent ? "without lies" : "with lies", run->failure);
    return g_steal_pointer(&record);
}

gboolean
liar_world_run(guint32 seed, gboolean trace, RecordWorst *worst, char **failure, GError **error)
{
    RecordTrust trust;
    g_autofree char *source = liar_world_new(seed, &trust);
    g_autofree char *name = g_strdup_printf("world %u with liars", seed);
    g_autoptr(ScenarioText) text = scenario_text_parse(name, source, error);
    g_autoptr(GPtrArray) without = g_ptr_array_new_with_free_func((GDestroyNotify) record_free);
    g_autoptr(Record) with = NULL;

    *failure = NULL;
    with = text ? run_once(text, seed, FALSE, 0, trace, failure, error) : NULL;
    if (!with)
        return FALSE;
    /* The lies move the chances of the networks. What these alone may cause is no harm. */
    for (guint i = 0; i < MAX_WITHOUT && (i == 0 || *failure); i++) {
        if (*failure && i == 0)
            return TRUE;
        g_clear_pointer(failure, g_free);
        g_ptr_array_add(without, run_once(text, seed, TRUE, i, FALSE, failure, error));
        if (*failure)
            return TRUE;
        *failure = record_compare(without, with, trust, NULL);
    }
    g_free(record_compare(without, with, trust, worst));
    return TRUE;
}
