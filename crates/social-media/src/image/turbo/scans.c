/* Progressive JPEGs in six scans, through the library's own interface: the simpler one of TurboJPEG
 * knows one script alone, of ten scans, which refines every number twice over. That is half of the
 * work of encoding, and saves less than a hundredth of the bytes. */

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

struct failing {
  struct jpeg_error_mgr base;
  jmp_buf back;
  char *text;
};

static void fail(j_common_ptr info) {
  struct failing *failing = (struct failing *)info->err;
  failing->base.format_message(info, failing->text);
  longjmp(failing->back, 1);
}

static void silent(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

/* All of the lowest frequency; light in two bands without its last bit; the colours whole; and then
 * the last bit of light. */
static const jpeg_scan_info SCRIPT[] = {
  { 3, { 0, 1, 2 }, 0, 0, 0, 0 },
  { 1, { 0 }, 1, 8, 0, 1 },
  { 1, { 2 }, 1, 63, 0, 0 },
  { 1, { 1 }, 1, 63, 0, 0 },
  { 1, { 0 }, 9, 63, 0, 1 },
  { 1, { 0 }, 1, 63, 1, 0 },
};

/* A row as wide as whole blocks are, its last value repeated. */
static void copy_row(JSAMPROW to, const unsigned char *from, size_t width, size_t wide) {
  memcpy(to, from, width);
  memset(to + width, from[width - 1], wide - width);
}

/* Light, and colours halved both ways: rows without gaps. */
static void write_planes(j_compress_ptr info, const unsigned char *const planes[3]) {
  JSAMPARRAY rows[3];
  for (int at = 0; at < 3; at++) {
    jpeg_component_info *part = &info->comp_info[at];
    rows[at] = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE,
                                       part->width_in_blocks * DCTSIZE,
                                       (JDIMENSION)(part->v_samp_factor * DCTSIZE));
  }
  while (info->next_scanline < info->image_height) {
    for (int at = 0; at < 3; at++) {
      jpeg_component_info *part = &info->comp_info[at];
      size_t width = at == 0 ? info->image_width : (info->image_width + 1) / 2;
      size_t height = at == 0 ? info->image_height : (info->image_height + 1) / 2;
      size_t wide = (size_t)part->width_in_blocks * DCTSIZE;
      size_t top = at == 0 ? info->next_scanline : info->next_scanline / 2;
      for (int row = 0; row < part->v_samp_factor * DCTSIZE; row++) {
        size_t y = top + (size_t)row < height ? top + (size_t)row : height - 1;
        copy_row(rows[at][row], planes[at] + y * width, width, wide);
      }
    }
    jpeg_write_raw_data(info, rows, 2 * DCTSIZE);
  }
}

static void write_rgb(j_compress_ptr info, const unsigned char *pixels) {
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)info->next_scanline * info->image_width * 3);
    jpeg_write_scanlines(info, &row, 1);
  }
}

/* Writes three planes, or pixels of red, green and blue where there is but one, to memory that it
 * allocates. Returns 0, or another number and what went wrong. `text` has JMSG_LENGTH_MAX bytes. */
int social_media_jpeg(const unsigned char *const planes[3], unsigned int width,
                      unsigned int height, int quality, unsigned char **out,
                      unsigned long *length, char *text) {
  struct jpeg_compress_struct info;
  struct failing failing;
  *out = NULL;
  *length = 0;
  memset(&info, 0, sizeof(info));
  info.err = jpeg_std_error(&failing.base);
  failing.base.error_exit = fail;
  failing.base.emit_message = silent;
  failing.text = text;
  if (setjmp(failing.back)) {
    jpeg_destroy_compress(&info);
    /* The library may have moved on from the buffer that stands there: it goes lost, which is for
     * the lack of memory alone. */
    *out = NULL;
    return 1;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, out, length);
  info.image_width = width;
  info.image_height = height;
  info.input_components = 3;
  info.in_color_space = planes[1] ? JCS_YCbCr : JCS_RGB;
  /* Colours are halved both ways by default. */
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.scan_info = SCRIPT;
  info.num_scans = sizeof(SCRIPT) / sizeof(SCRIPT[0]);
  info.raw_data_in = planes[1] ? TRUE : FALSE;
  jpeg_start_compress(&info, TRUE);
  if (planes[1])
    write_planes(&info, planes);
  else
    write_rgb(&info, planes[0]);
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return 0;
}

/* Gives back what `social_media_jpeg` allocated. */
void social_media_free(unsigned char *out) {
  free(out);
}
