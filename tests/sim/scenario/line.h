/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-trust.h"

#define SCENARIO_ERROR (scenario_error_quark())
typedef enum {
    SCENARIO_ERROR_SYNTAX,
    SCENARIO_ERROR_FILE,
} ScenarioErrorCode;
GQuark scenario_error_quark(void);

/** One line of a scenario file. Its words before `at` have been read. */
typedef struct {
    const char *file; /* not owned */
    guint number;
    char *text;
    GStrv words;
    guint at;
} ScenarioLine;

/** The lines of a scenario, with those of included files. */
typedef struct {
    char *file;
    char *title;
    GPtrArray *files; /* of char*, owned: this file and the included ones */
    GPtrArray *lines; /* of ScenarioLine, owned; without comments and empty lines */
} ScenarioText;

ScenarioText *scenario_text_load(const char *path, GError **error);
ScenarioText *scenario_text_parse(const char *name, const char *text, GError **error);
void scenario_text_free(ScenarioText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScenarioText, scenario_text_free)

/** Returns the next word without taking it; NULL at the end. */
const char *scenario_line_peek(const ScenarioLine *self);
/** Takes the next word. NULL with *error, which states that @wanted is missing, at the end of the
 * line. */
const char *scenario_line_take(ScenarioLine *self, const char *wanted, GError **error);
/** Takes the next word if it is @word. */
gboolean scenario_line_take_if(ScenarioLine *self, const char *word);
/** Takes the next word, which must be @word; otherwise FALSE with *error. */
gboolean scenario_line_take_word(ScenarioLine *self, const char *word, GError **error);
/** FALSE with *error if the line has more words. */
gboolean scenario_line_is_over(const ScenarioLine *self, GError **error);
/** Sets *error, which names file, line, @word and what would be @right. Always returns FALSE. */
gboolean scenario_line_fail(const ScenarioLine *self, const char *word, const char *right,
                            GError **error);

/** A time like "1500ms", "12s", "2.5s", "1m30s" or "1h", in µs. */
gboolean scenario_parse_duration(const char *text, gint64 *duration);
gboolean scenario_line_take_duration(ScenarioLine *self, gint64 *duration, GError **error);
/** Takes a number up to @maximum. */
gboolean scenario_line_take_number(ScenarioLine *self, guint64 maximum, guint64 *number,
                                   GError **error);
/** Takes a percentage like "5%" or "0.5%". */
gboolean scenario_line_take_percent(ScenarioLine *self, double *probability, GError **error);
gboolean scenario_line_take_endpoint(ScenarioLine *self, WlEndpoint *endpoint, GError **error);
gboolean scenario_line_take_ip(ScenarioLine *self, WlIp *ip, GError **error);
/** Takes a trust level; with @or_none also "none", for WL_TRUST_UNSET. */
gboolean scenario_line_take_trust(ScenarioLine *self, gboolean or_none, WlTrust *trust,
                                  GError **error);
/** Takes all addresses and prefixes that follow, @least or more; of WlPrefix, to be freed. NULL
 * with *error. */
GArray *scenario_line_take_prefixes(ScenarioLine *self, guint least, GError **error);
