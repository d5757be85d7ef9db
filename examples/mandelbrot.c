/* SPDX-License-Identifier: MIT */

/*
 * An image whose rows are uneven: inside the set each point takes a thousand
 * rounds, outside a few. Nobody says how to share them out. Arguments: the
 * file to write, a PNG; its width.
 */

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { MOST_ROUNDS = 1000 };

struct image {
    size_t width, height;
    unsigned char *greys;
};

static unsigned char grey_at(double x, double y)
{
    double real = x, imaginary = y;
    int rounds = 0;
    while (rounds < MOST_ROUNDS && real * real + imaginary * imaginary < 4) {
        double next = real * real - imaginary * imaginary + x;
        imaginary = 2 * real * imaginary + y;
        real = next;
        rounds++;
    }
    return (unsigned char)(rounds == MOST_ROUNDS ? 0 : 255 - rounds * 8 % 256);
}

static void draw_rows(size_t begin, size_t end, void *context)
{
    const struct image *image = context;
    double step = 3.0 / (double)image->width;
    for (size_t row = begin; row < end; row++)
        for (size_t column = 0; column < image->width; column++)
            image->greys[row * image->width + column] =
                grey_at((double)column * step - 2.2,
                        ((double)row - (double)image->height / 2) * step);
}

/* Returns the seconds that it took. */
static double draw(weft_pool *pool, struct image *image)
{
    weft_duration start = weft_monotonic();
    if (weft_parallel_for(pool, 0, image->height, draw_rows, image) != WEFT_OK)
        exit(EXIT_FAILURE);
    return (double)(weft_monotonic() - start) / 1e9;
}

static bool write_png(const char *path, const struct image *image)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)image->width,
                     .height = (png_uint_32)image->height,
                     .format = PNG_FORMAT_GRAY};
    return png_image_write_to_file(&png, path, false, image->greys, 0, NULL);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "mandelbrot.png";
    size_t width = argc > 2 ? strtoul(argv[2], NULL, 10) : 1200;
    struct image image = {.width = width, .height = width * 2 / 3};
    weft_pool *one = weft_pool_create(.workers = 1);
    if (one == NULL)
        return EXIT_FAILURE;
    image.greys = malloc(image.width * image.height);
    if (image.greys == NULL)
        return EXIT_FAILURE;

    double alone = draw(one, &image);
    double together = draw(weft_default_pool(), &image); /* all processors */
    bool written = write_png(path, &image);
    printf("%zu x %zu points: %s\n", image.width, image.height,
           written ? "written" : "cannot be written");
    printf("Seconds: one thread %.3f, all processors %.3f, speed-up %.2f\n",
           alone, together, alone / together);
    free(image.greys);
    weft_pool_destroy(one);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
