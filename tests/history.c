/* SPDX-License-Identifier: MIT */

/*
 * The sweep. Two curves are followed over time: how many items are in the queue
 * for sure (put has returned, get has not begun), and how many at most (put has
 * begun, get has not returned). A call that says of a size fits if it lies
 * between the lower one's least and the upper one's greatest value meanwhile.
 */

#include "history.h"

#include <string.h>

enum { NONE = -1 };

struct sweep {
    const struct history *history;
    const struct call *calls;
    int32_t *put, *got; /* by item: the call */
    uint32_t *at;       /* by moment: twice the call, and whether it returned */
    int32_t surely, at_most;
    int32_t latest; /* begin of a get of what had been put by now */
    /* The lanes whose call says of a size, while it is on its way; by lane,
     * the extremes of the curves meanwhile. */
    int claims;
    uint8_t claiming[LANES];
    int32_t low[LANES], high[LANES];
    int32_t shut_began, shut_returned; /* the first shutdown, or never */
    int32_t last_put, first_refusal;   /* began; returned */
};

static const char twice[] = "an item came twice";
static const char lost[] = "an item was lost";
static const char invented[] = "an item came from nowhere";
static const char disordered[] = "a later item came first";
static const char overfull[] = "there were more items than the limit";
static const char wrong_size[] = "there were never so many items";
static const char reopened[] = "it was open after it was shut down";
static const char refused[] = "it was shut down while it was open";
static const char muddled[] = "two calls have one moment";

/* ---- Who is who ---- */

static const char *note_item(int32_t *of_item, const struct call *call,
                             int32_t index)
{
    if (of_item[call->item] != NONE)
        return twice;
    of_item[call->item] = index;
    return NULL;
}

static const char *note_moment(struct sweep *sweep, int32_t moment,
                               uint32_t what)
{
    if (moment < 1 || moment > sweep->history->end || sweep->at[moment] != 0)
        return muddled;
    sweep->at[moment] = what + 1;
    return NULL;
}

static const char *note_call(struct sweep *sweep, uint32_t index)
{
    const struct call *call = &sweep->calls[index];
    const char *flaw = NULL;
    if (call->kind == CALL_PUT)
        flaw = note_item(sweep->put, call, (int32_t)index);
    else if (call->kind == CALL_GET || call->kind == CALL_DISCARD)
        flaw = note_item(sweep->got, call, (int32_t)index);
    if (flaw == NULL && call->kind != CALL_DISCARD)
        flaw = note_moment(sweep, call->began, 2 * index);
    if (flaw == NULL)
        flaw = note_moment(sweep, call->returned, 2 * index + 1);
    return flaw;
}

static const char *note_calls(struct sweep *sweep)
{
    const char *flaw = NULL;
    for (size_t i = 0; i < sweep->history->count && flaw == NULL; i++)
        flaw = note_call(sweep, (uint32_t)i);
    for (int32_t i = 0; i < sweep->history->items && flaw == NULL; i++)
        if ((sweep->put[i] == NONE) != (sweep->got[i] == NONE))
            flaw = sweep->put[i] == NONE ? invented : lost;
    return flaw;
}

/* ---- What happens at a moment ---- */

static const struct call *get_of(const struct sweep *sweep, int32_t item)
{
    return &sweep->calls[sweep->got[item]];
}

static const struct call *put_of(const struct sweep *sweep, int32_t item)
{
    return &sweep->calls[sweep->put[item]];
}

/* If an item's put had returned before this one's began, then this one's get
 * has not returned before that one's began. */
static const char *begin_put(struct sweep *sweep, const struct call *call)
{
    sweep->at_most++;
    if (call->began > sweep->last_put)
        sweep->last_put = call->began;
    return sweep->history->first_in_first_out &&
                   get_of(sweep, call->item)->returned < sweep->latest
               ? disordered
               : NULL;
}

static const char *end_put(struct sweep *sweep, const struct call *call)
{
    int32_t maxsize = sweep->history->maxsize;
    int32_t got = get_of(sweep, call->item)->began;
    if (got > sweep->latest)
        sweep->latest = got;
    if (got > call->returned)
        sweep->surely++;
    return maxsize > 0 && sweep->surely > maxsize ? overfull : NULL;
}

static void begin_get(struct sweep *sweep, const struct call *call)
{
    if (put_of(sweep, call->item)->returned < call->began)
        sweep->surely--;
}

static const char *end_get(struct sweep *sweep, const struct call *call)
{
    sweep->at_most--;
    return put_of(sweep, call->item)->began > call->returned ? invented : NULL;
}

static void begin_shutdown(struct sweep *sweep, const struct call *shutdown)
{
    if (shutdown->began < sweep->shut_began) {
        sweep->shut_began = shutdown->began;
        sweep->shut_returned = shutdown->returned;
    }
    for (size_t i = 0; i < sweep->history->count; i++) {
        const struct call *call = &sweep->calls[i];
        if (call->kind == CALL_DISCARD && call->began == shutdown->began)
            begin_get(sweep, call);
    }
}

static bool is_claim(const struct call *call)
{
    return call->kind == CALL_SIZE || call->kind == CALL_ENDED;
}

static void begin_claim(struct sweep *sweep, const struct call *call)
{
    sweep->claiming[sweep->claims++] = call->lane;
    sweep->low[call->lane] = INT32_MAX;
    sweep->high[call->lane] = INT32_MIN;
}

static const char *end_claim(struct sweep *sweep, const struct call *call)
{
    int i = 0;
    while (sweep->claiming[i] != call->lane)
        i++;
    sweep->claiming[i] = sweep->claiming[--sweep->claims];
    return sweep->low[call->lane] > call->most ||
                   sweep->high[call->lane] < call->least
               ? wrong_size
               : NULL;
}

static const char *end_refusal(struct sweep *sweep, const struct call *call)
{
    if (call->returned < sweep->first_refusal)
        sweep->first_refusal = call->returned;
    return call->returned < sweep->shut_began ? refused : NULL;
}

static const char *begin(struct sweep *sweep, const struct call *call)
{
    if (call->kind == CALL_PUT)
        return begin_put(sweep, call);
    if (call->kind == CALL_GET)
        begin_get(sweep, call);
    else if (call->kind == CALL_SHUTDOWN)
        begin_shutdown(sweep, call);
    else if (is_claim(call))
        begin_claim(sweep, call);
    return NULL;
}

static const char *end(struct sweep *sweep, const struct call *call)
{
    const char *flaw = NULL;
    if (call->kind == CALL_PUT)
        flaw = end_put(sweep, call);
    else if (call->kind == CALL_GET || call->kind == CALL_DISCARD)
        flaw = end_get(sweep, call);
    else if (is_claim(call))
        flaw = end_claim(sweep, call);
    if (flaw == NULL &&
        (call->kind == CALL_ENDED || call->kind == CALL_REFUSED))
        flaw = end_refusal(sweep, call);
    return flaw;
}

static void draw_curves(struct sweep *sweep)
{
    for (int i = 0; i < sweep->claims; i++) {
        int32_t *low = &sweep->low[sweep->claiming[i]];
        int32_t *high = &sweep->high[sweep->claiming[i]];
        *low = sweep->surely < *low ? sweep->surely : *low;
        *high = sweep->at_most > *high ? sweep->at_most : *high;
    }
}

static const char *follow(struct sweep *sweep)
{
    const char *flaw = NULL;
    for (int32_t t = 1; t <= sweep->history->end && flaw == NULL; t++) {
        uint32_t what = sweep->at[t];
        if (what == 0)
            continue;
        const struct call *call = &sweep->calls[(what - 1) / 2];
        flaw = (what - 1) % 2 == 0 ? begin(sweep, call) : end(sweep, call);
        draw_curves(sweep);
    }
    if (flaw == NULL && (sweep->last_put > sweep->shut_returned ||
                         sweep->last_put > sweep->first_refusal))
        flaw = reopened;
    return flaw;
}

const char *find_flaw(const struct history *history)
{
    size_t items = (size_t)history->items, moments = (size_t)history->end + 1;
    static struct sweep sweep;
    sweep = (struct sweep){
        .history = history,
        .calls = history->calls,
        .put = malloc((items + 1) * sizeof *sweep.put),
        .got = malloc((items + 1) * sizeof *sweep.got),
        .at = calloc(moments, sizeof *sweep.at),
        .shut_began = INT32_MAX,
        .shut_returned = INT32_MAX,
        .first_refusal = INT32_MAX,
    };
    if (sweep.put == NULL || sweep.got == NULL || sweep.at == NULL)
        abort();
    memset(sweep.put, 0xff, items * sizeof *sweep.put);
    memset(sweep.got, 0xff, items * sizeof *sweep.got);
    const char *flaw = note_calls(&sweep);
    if (flaw == NULL)
        flaw = follow(&sweep);
    free(sweep.put);
    free(sweep.got);
    free(sweep.at);
    return flaw;
}
