/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/line.h"
#include "scenario/mixture.h"
#include "world/host.h"
#include "world/stream.h"

/** One run of a scenario, with one mixture and one seed. The world is owned. */

/** A fact that one host sent to another. */
typedef struct {
    gint64 when;
    const SimHost *from, *to;
    WlKey subject;
    guint8 attribute;
    guint16 ttl;
    char *value;
} SentFact;

typedef struct _Run Run;
typedef struct _Condition Condition;
typedef struct _Event Event;

/** An absolute time, or one after a mark that a line sets. */
typedef struct {
    char *mark; /* NULL: since the start; "end": of the run */
    gint64 offset;
} When;

struct _Run {
    ScenarioText *text; /* borrowed */
    Mixture mixture;
    guint32 seed;
    SimWorld *world;
    guint8 mixtures;        /* mask of the mixtures that the scenario names; 0: none */
    guint seeds;            /* number given by the scenario; 0: none */
    GPtrArray *items;       /* of Item, owned */
    GHashTable *marks;      /* name -> gint64*, µs; those that are set */
    GHashTable *advertised; /* "FROM TO" -> GBytes: the last datagram of an event "advertise" */
    GPtrArray *streams;     /* of SimStream, owned */
    GPtrArray *liars;       /* of SimLiars, owned */
    gboolean silent_liars;  /* the events "lie" do nothing */
    struct _Record *record; /* borrowed; NULL: none */
    GArray *sent_facts;     /* of SentFact; only if `records_sent` */
    gboolean records_sent;
    gboolean prints_times; /* the time that each expectation with a mark took, and each number */
    SimHost *profile;      /* the host of the following `peer` lines */
    SimTimer sampler;
    guint open;    /* conditions that wait to become true */
    char *failure; /* several lines; NULL: none */
    gint64 end;    /* SIM_NEVER: when everything is done */
    When ends;
    gboolean has_end;
    struct _Oracle *oracle; /* NULL: the scenario checks no properties */
};

/** Builds the world of @text, which must outlive it. NULL with *error if a line is wrong. */
Run *run_new(ScenarioText *text, Mixture mixture, guint32 seed, gboolean trace, GError **error);
void run_free(Run *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)
/** Runs until the end or the first failure; FALSE if there is one. */
gboolean run_execute(Run *self);
void run_fail(Run *self, const ScenarioLine *line, const char *format, ...) G_GNUC_PRINTF(3, 4);
void run_set_mark(Run *self, const char *name);
/** Conditions are evaluated again soon; sooner with @open, while one of them may become true. */
void run_sample(Run *self, gboolean open);

/* ---- parts of the language: declare.c, event.c, condition.c,
 * count.c */

/** Reads a declaration; FALSE with *error. *known: the line is one. */
gboolean scenario_declare(Run *run, ScenarioLine *line, gboolean *known, GError **error);
/** Takes an option of a network, of a declaration or an event. */
gboolean scenario_network_option(ScenarioLine *line, SimNet *net, gboolean *taken, GError **error);
/** "PEER [OPTION…]": adds the peer to the profile of @host, or changes it there. */
gboolean scenario_declare_peer(Run *run, SimHost *host, ScenarioLine *line, GError **error);

SimHost *scenario_take_host(Run *run, ScenarioLine *line, GError **error);
SimNet *scenario_take_net(Run *run, ScenarioLine *line, GError **error);
SimStream *scenario_find_stream(const Run *run, const char *name);

Event *scenario_event_new(Run *run, ScenarioLine *line, GError **error);
void scenario_event_free(Event *event);
/** The event has begun and awaits its result. */
gboolean scenario_event_is_pending(const Event *event);
void scenario_event_run(Run *run, Event *event, const ScenarioLine *line);

Condition *scenario_condition_new(Run *run, ScenarioLine *line, GError **error);
void scenario_condition_free(Condition *condition);
gboolean scenario_condition_is_true(Run *run, Condition *condition);
/** The condition compares a number. */
gboolean scenario_condition_counts(const Condition *condition);
/** The number as of the last evaluation; FALSE: it compares none. */
gboolean scenario_condition_get_count(const Condition *condition, gint64 *counted);
/** Starts counting. */
void scenario_condition_begin(Run *run, Condition *condition);
/** The visible state of the affected hosts, to describe a failure. Free with g_free(). */
char *scenario_condition_explain(Run *run, const Condition *condition);

typedef struct _Count Count;
/** NULL without *error if the line does not begin with a count. */
Count *scenario_count_new(Run *run, ScenarioLine *line, GError **error);
void scenario_count_free(Count *count);
/** Starts counting. */
void scenario_count_begin(Run *run, Count *count);
gint64 scenario_count_value(Run *run, const Count *count, gint64 since);
