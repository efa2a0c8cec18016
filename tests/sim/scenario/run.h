/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/line.h"
#include "scenario/mixture.h"
#include "world/host.h"
#include "world/stream.h"

/** One run of a scenario: with one mixture of kinds and one seed. */

/** A fact that one host told another. */
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
    ScenarioText *text; /* lent */
    Mixture mixture;
    guint32 seed;
    SimWorld *world;
    guint8 mixtures;        /* mask of those the scenario is for; 0: not said */
    guint seeds;            /* how many it asks for; 0: not said */
    GPtrArray *items;       /* of Item, owned */
    GHashTable *marks;      /* name -> gint64*, those that are set */
    GHashTable *advertised; /* "FROM TO" -> GBytes: what the one last said to the other by hand */
    GPtrArray *streams;     /* of SimStream, owned */
    GArray *sent_facts;     /* of Told; only if `spies` */
    gboolean records_sent;
    SimHost *profile; /* that following `peer` lines belong to */
    SimTimer sampler;
    guint open;    /* conditions that wait to become true */
    char *failure; /* several lines; NULL: none */
    gint64 end;    /* SIM_NEVER: when everything is done */
    When ends;
    gboolean has_end;
    struct _Oracle *oracle; /* of properties; NULL: not asked for */
};

/** Builds the world. NULL with *error if a line is not understood. */
Run *run_new(ScenarioText *text, Mixture mixture, guint32 seed, gboolean trace, GError **error);
void run_free(Run *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)
/** Until the end or the first failure. */
gboolean run_execute(Run *self);
void run_fail(Run *self, const ScenarioLine *line, const char *format, ...) G_GNUC_PRINTF(3, 4);
void run_set_mark(Run *self, const char *name);
/** Conditions are evaluated again soon; sooner with @open, while one of them may become true. */
void run_sample(Run *self, gboolean open);

/* ---- parts of the language: declare.c, event.c, condition.c,
 * count.c */

/** FALSE with *error. *known gets FALSE if it is no declaration. */
gboolean scenario_declare(Run *run, ScenarioLine *line, gboolean *known, GError **error);
/** Options of a network, wherever they stand. */
gboolean scenario_network_option(ScenarioLine *line, SimNet *net, gboolean *taken, GError **error);
/** "PEER [endpoint E...] [allowed P...] ...": adds it to the profile of @host. */
gboolean scenario_declare_peer(Run *run, SimHost *host, ScenarioLine *line, GError **error);

SimHost *scenario_take_host(Run *run, ScenarioLine *line, GError **error);
SimNet *scenario_take_net(Run *run, ScenarioLine *line, GError **error);
SimStream *scenario_find_stream(const Run *run, const char *name);

Event *scenario_event_new(Run *run, ScenarioLine *line, GError **error);
void scenario_event_free(Event *event);
/** It began, and what comes of it is not known yet. */
gboolean scenario_event_is_pending(const Event *event);
void scenario_event_run(Run *run, Event *event, const ScenarioLine *line);

Condition *scenario_condition_new(Run *run, ScenarioLine *line, GError **error);
void scenario_condition_free(Condition *condition);
gboolean scenario_condition_is_true(Run *run, Condition *condition);
/** It compares a number. */
gboolean scenario_condition_counts(const Condition *condition);
/** Counting begins here. */
void scenario_condition_begin(Run *run, Condition *condition);
/** What can be seen of what it is about; to be freed. */
char *scenario_condition_explain(Run *run, const Condition *condition);

typedef struct _Count Count;
/** NULL without *error if the line does not begin with something to count. */
Count *scenario_count_new(Run *run, ScenarioLine *line, GError **error);
void scenario_count_free(Count *count);
/** Counting begins here. */
void scenario_count_begin(Run *run, Count *count);
gint64 scenario_count_value(Run *run, const Count *count, gint64 since);
