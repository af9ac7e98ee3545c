package org.hourgate.management.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.Notification;

/**
 * Frames the daemon's stream on bytes, at 0x0A only, and passes on {@link ManagementMessage}s in
 * the order in which they were complete. How the bytes were cut on their way changes nothing.
 *
 * <p>A line or block beyond all bounds fires one {@link ManagementProtocolException}; what follows
 * it is thrown away. Nothing else is ever thrown. One instance per connection, on its event loop.
 */
public final class ManagementDecoder extends ByteToMessageDecoder {

  /** OpenVPN's longest line has 10,240 bytes ({@code error.h ERR_BUF_SIZE}). */
  static final int MAX_LINE_BYTES = 12 * 1024;

  private static final byte[] PROMPT = "ENTER PASSWORD:".getBytes(StandardCharsets.US_ASCII);

  private final MessageAssembler assembler;
  private boolean greeted;
  private boolean broken;
  private int scanned;

  /**
   * Creates a decoder for one connection.
   *
   * @param unparsedLines counts lines with a known name and unreadable fields
   */
  public ManagementDecoder(LongAdder unparsedLines) {
    assembler = new MessageAssembler(unparsedLines);
  }

  /** Takes all lines that are there at once: a block has some forty of them. */
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      if (!decodePrompt(in, out)) {
        decodeLines(in, out);
      }
    } catch (ManagementProtocolException e) {
      broken = true;
      in.skipBytes(in.readableBytes());
      out.forEach(ctx::fireChannelRead); // They came before what is wrong.
      out.clear();
      ctx.fireExceptionCaught(e);
    }
  }

  /** Prompts come before the greeting only; afterwards a line of this text is a line. */
  private boolean decodePrompt(ByteBuf in, List<Object> out) {
    if (greeted || in.readableBytes() < PROMPT.length) {
      return false;
    }
    int start = in.readerIndex();
    for (int i = 0; i < PROMPT.length; i++) {
      if (in.getByte(start + i) != PROMPT[i]) {
        return false;
      }
    }
    in.skipBytes(PROMPT.length);
    scanned = 0;
    out.add(new ManagementMessage.PasswordPrompt());
    return true;
  }

  /**
   * Up to the greeting line by line, because behind a line a prompt may stand; and no more is
   * copied than that line, because nobody knows yet who speaks.
   */
  private void decodeLines(ByteBuf in, List<Object> out) {
    int first = in.readerIndex();
    int line = greeted ? -1 : in.bytesBefore((byte) '\n');
    int length = line < 0 ? in.readableBytes() : line + 1;
    String text = in.toString(first, length, StandardCharsets.ISO_8859_1);
    int start = 0;
    int end = text.indexOf('\n', scanned);
    while (end >= 0) {
      requireLength(end - start);
      ManagementMessage message =
          assembler.accept(
              text, start, end > start && text.charAt(end - 1) == '\r' ? end - 1 : end);
      start = end + 1;
      if (message != null) {
        out.add(message);
        greeted |= message instanceof ManagementMessage.Notified(Notification.Info _);
      }
      end = greeted ? text.indexOf('\n', start) : -1;
    }
    in.readerIndex(first + start);
    boolean lineFollows = start > 0 && !greeted;
    scanned = lineFollows ? 0 : text.length() - start;
    if (!lineFollows) {
      requireLength(scanned);
    }
  }

  private static void requireLength(int length) {
    if (length > MAX_LINE_BYTES) {
      throw new ManagementProtocolException("a line above " + MAX_LINE_BYTES + " bytes");
    }
  }
}
