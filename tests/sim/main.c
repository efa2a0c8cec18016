/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelink-sim: runs scenarios and random worlds and prints failures. Exit status 1: a run failed;
 * 2: usage error or an error in a scenario.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liar-world.h"
#include "oracle/oracle.h"
#include "random-world.h"
#include "scale.h"
#include "scenario/run.h"

static gint64 seed_option = -1, hosts_option, rest_option = 600;
static gboolean storm_option, trace_option, times_option, tap_option, random_option, liars_option,
    print_option;
static char *mixture_option, *directory_option, *seeds_option;
static GStrv files;

static const GOptionEntry entries[] = {
    {"seed", 0, 0, G_OPTION_ARG_INT64, &seed_option, "run with this seed only", "N"},
    {"mixture", 0, 0, G_OPTION_ARG_STRING, &mixture_option,
     "run with this mixture only: native, go-hub, go-leaves, go", "NAME"},
    {"directory", 0, 0, G_OPTION_ARG_FILENAME, &directory_option,
     "also run all scenarios in a directory and below it", "DIR"},
    {"random", 0, 0, G_OPTION_ARG_NONE, &random_option,
     "check the properties of random worlds with random faults", NULL},
    {"seeds", 0, 0, G_OPTION_ARG_STRING, &seeds_option, "with --random: the worlds; default 1-200",
     "A-B"},
    {"liars", 0, 0, G_OPTION_ARG_NONE, &liars_option,
     "with --random: worlds with liars, compared to the same without their lies", NULL},
    {"hosts", 0, 0, G_OPTION_ARG_INT64, &hosts_option,
     "measure a hub and N-1 leaves, during ten virtual minutes at rest", "N"},
    {"rest", 0, 0, G_OPTION_ARG_INT64, &rest_option, "with --hosts: the time at rest", "SECONDS"},
    {"storm", 0, 0, G_OPTION_ARG_NONE, &storm_option,
     "with --hosts: also measure how the leaves come back after a reboot of the hub", NULL},
    {"print", 0, 0, G_OPTION_ARG_NONE, &print_option,
     "with --random: print the worlds as scenarios instead", NULL},
    {"trace", 0, 0, G_OPTION_ARG_NONE, &trace_option, "print all events", NULL},
    {"times", 0, 0, G_OPTION_ARG_NONE, &times_option,
     "print how long each expectation with a mark took, and each counted number", NULL},
    {"tap", 0, 0, G_OPTION_ARG_NONE, &tap_option, "print results as TAP", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE…"},
    {NULL},
};

typedef struct {
    const char *program;
    guint cases, failed;
    gint64 worst_native, worst_go;
    RecordWorst worst;
} Tally;

static void
print_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);

    for (guint i = 0; lines[i]; i++)
        printf("%s%s\n", tap_option ? "# " : "", lines[i]);
}

static void
print_failure(const Tally *tally, const Run *run)
{
    const char *prefix = tap_option ? "# " : "";

    print_lines(run->failure);
    printf("%srepeat with: %s --seed %u --mixture %s --trace %s\n", prefix, tally->program,
           run->seed, mixture_to_string(run->mixture), run->text->file);
}

/* TRUE if the scenario succeeds with this seed. The caller frees *run. */
static gboolean
run_once(const Tally *tally, ScenarioText *text, Mixture mixture, guint32 seed, Run **run,
         GError **error)
{
    gboolean ok;

    *run = run_new(text, mixture, seed, trace_option, error);
    if (!*run)
        return FALSE;
    (*run)->prints_times = times_option;
    ok = run_execute(*run);
    if (trace_option)
        fputs((*run)->world->trace->str, stdout);
    if (!ok)
        print_failure(tally, *run);
    return ok;
}

static void
report(Tally *tally, const ScenarioText *text, Mixture mixture, guint seeds, gboolean ok)
{
    g_autofree char *name = g_path_get_basename(text->file);

    tally->cases++;
    tally->failed += !ok;
    printf("%s %u %s, %s, %u %s\n", ok ? "ok" : "not ok", tally->cases, name,
           mixture_to_string(mixture), seeds, seeds == 1 ? "seed" : "seeds");
    fflush(stdout);
}

static gboolean
run_mixture(Tally *tally, ScenarioText *text, Mixture mixture, guint seeds, GError **error)
{
    guint32 first = seed_option >= 0 ? (guint32) seed_option : 1;
    gboolean ok = TRUE;

    if (seed_option >= 0)
        seeds = 1;
    for (guint32 seed = first; (ok || times_option) && seed < first + seeds; seed++) {
        g_autoptr(Run) run = NULL;

        ok = run_once(tally, text, mixture, seed, &run, error) && ok;
        if (!run)
            return FALSE;
    }
    report(tally, text, mixture, seeds, ok);
    return TRUE;
}

static gboolean
run_file(Tally *tally, const char *path, GError **error)
{
    g_autoptr(ScenarioText) text = scenario_text_load(path, error);
    g_autoptr(Run) first = NULL;
    Mixture only = MIXTURE_NATIVE;
    guint mask;

    if (!text)
        return FALSE;
    /* Reads its mixtures and seeds. */
    first = run_new(text, MIXTURE_NATIVE, 1, FALSE, error);
    if (!first)
        return FALSE;
    mask = first->mixtures ? first->mixtures : 1 << MIXTURE_NATIVE;
    if (mixture_option) {
        if (!mixture_parse(mixture_option, &only)) {
            g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_SYNTAX,
                        "--mixture %s: wanted native, go-hub, go-leaves or go", mixture_option);
            return FALSE;
        }
        mask = 1u << only;
    }
    for (guint i = 0; i < MIXTURE_N; i++) {
        if ((mask & (1u << i)) && !run_mixture(tally, text, i, MAX(first->seeds, 1), error))
            return FALSE;
    }
    return TRUE;
}

/* ---- random worlds */

static gboolean
run_random(Tally *tally, guint32 seed, GError **error)
{
    g_autofree char *source = random_world_new(seed);
    g_autofree char *name = g_strdup_printf("random world %u", seed);
    g_autoptr(ScenarioText) text = NULL;
    g_autoptr(Run) run = NULL;

    if (print_option) {
        fputs(source, stdout);
        return TRUE;
    }
    text = scenario_text_parse(name, source, error);
    run = text ? run_new(text, MIXTURE_NATIVE, seed, trace_option, error) : NULL;
    if (!run)
        return FALSE;
    run_execute(run);
    if (trace_option)
        fputs(run->world->trace->str, stdout);
    if (run->failure) {
        tally->failed++;
        print_lines(run->failure);
        printf("%srepeat with: %s --random --seeds %u-%u --trace\n", tap_option ? "# " : "",
               tally->program, seed, seed);
    }
    tally->cases++;
    oracle_gather(run->oracle, &tally->worst_native, &tally->worst_go);
    return TRUE;
}

static gboolean
run_liars(Tally *tally, guint32 seed, GError **error)
{
    g_autofree char *failure = NULL;
    RecordTrust trust;

    if (print_option) {
        g_autofree char *source = liar_world_new(seed, &trust);
        fputs(source, stdout);
        return TRUE;
    }
    if (!liar_world_run(seed, trace_option, &tally->worst, &failure, error))
        return FALSE;
    tally->cases++;
    if (failure) {
        g_autofree char *text = g_strdup_printf("world %u with liars: %s", seed, failure);

        tally->failed++;
        print_lines(text);
        printf("%srepeat with: %s --random --liars --seeds %u-%u --trace\n", tap_option ? "# " : "",
               tally->program, seed, seed);
        fflush(stdout);
    }
    return TRUE;
}

static gboolean
parse_seeds(const char *text, guint32 *first, guint32 *last)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", 2);
    guint64 a, b;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, G_MAXUINT32 - 1, &a, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, a, G_MAXUINT32 - 1, &b, NULL))
        return FALSE;
    *first = (guint32) a;
    *last = (guint32) b;
    return TRUE;
}

static void
print_worst(const Tally *tally)
{
    const char *prefix = tap_option ? "# " : "";

    for (RecordQuantity i = 0; i < RECORD_N; i++)
        printf("%s%s: at most %.0f %% of the limit, %.0f with lies and %.0f without\n", prefix,
               record_quantity_to_string(i), 100 * tally->worst.part[i], tally->worst.with[i],
               tally->worst.without[i]);
    printf("%s%u worlds with liars, %u failed\n", prefix, tally->cases, tally->failed);
}

static gboolean
run_randoms(Tally *tally, GError **error)
{
    guint32 first = 1, last = 200;

    if (seeds_option && !parse_seeds(seeds_option, &first, &last)) {
        g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_SYNTAX,
                    "--seeds %s: wanted two numbers like 1-200, the smaller first", seeds_option);
        return FALSE;
    }
    for (guint32 seed = first; seed <= last; seed++) {
        if (!(liars_option ? run_liars : run_random)(tally, seed, error))
            return FALSE;
    }
    if (print_option)
        return TRUE;
    if (tap_option)
        printf("%s 1 random worlds %u to %u\n1..1\n", tally->failed ? "not ok" : "ok", first, last);
    if (liars_option) {
        print_worst(tally);
        return TRUE;
    }
    printf(
        "%s%u seeds, %u failed; longest outage of a pair with a path: native %.0f s, with Go daemons %.0f s\n",
        tap_option ? "# " : "", tally->cases, tally->failed, (double) tally->worst_native / 1e6,
        (double) tally->worst_go / 1e6);
    return TRUE;
}

/* ---- */

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_scenarios(GPtrArray *paths, const char *folder, GError **error)
{
    g_autoptr(GDir) directory = g_dir_open(folder, 0, error);
    const char *name;

    if (!directory)
        return FALSE;
    while ((name = g_dir_read_name(directory))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (!add_scenarios(paths, path, error))
                return FALSE;
        } else if (g_str_has_suffix(name, ".scenario")) {
            g_ptr_array_add(paths, g_steal_pointer(&path));
        }
    }
    return TRUE;
}

/* Paths of the directory and its subdirectories, sorted, then the files. */
static GPtrArray *
collect(GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    if (directory_option && !add_scenarios(paths, directory_option, error))
        return NULL;
    g_ptr_array_sort(paths, compare_names);
    for (guint i = 0; files && files[i]; i++)
        g_ptr_array_add(paths, g_strdup(files[i]));
    if (paths->len == 0) {
        g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_FILE,
                    "no scenario; give files from tests/sim/scenarios");
        return NULL;
    }
    return g_steal_pointer(&paths);
}

int
main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GPtrArray) paths = NULL;
    g_autoptr(GError) error = NULL;
    Tally tally = {.program = argv[0]};

    g_option_context_set_summary(
        context,
        "Runs whole networks in virtual time. The scenarios are described in tests/sim/README.md.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "wirelink-sim: %s\n", error->message);
        return 2;
    }
    if (hosts_option != 0) {
        if (hosts_option < 3 || hosts_option > 20000) {
            fprintf(stderr, "wirelink-sim: --hosts: wanted a number from 3 to 20000\n");
            return 2;
        }
        if (rest_option < 60 || rest_option > 86400) {
            fprintf(stderr, "wirelink-sim: --rest: wanted a number of seconds from 60 to 86400\n");
            return 2;
        }
        if (!scale_run((guint) hosts_option, seed_option >= 0 ? (guint32) seed_option : 1,
                       SIM_SEC(rest_option), storm_option, &error)) {
            fprintf(stderr, "wirelink-sim: %s\n", error->message);
            return 1;
        }
        return 0;
    }
    if (random_option) {
        if (!run_randoms(&tally, &error)) {
            fprintf(stderr, "wirelink-sim: %s\n", error->message);
            return 2;
        }
        return tally.failed > 0;
    }
    paths = collect(&error);
    if (!paths) {
        fprintf(stderr, "wirelink-sim: %s\n", error->message);
        return 2;
    }
    for (guint i = 0; i < paths->len; i++) {
        if (!run_file(&tally, paths->pdata[i], &error)) {
            fprintf(stderr, "wirelink-sim: %s\n", error->message);
            return 2;
        }
    }
    if (tap_option)
        printf("1..%u\n", tally.cases);
    return tally.failed > 0;
}
