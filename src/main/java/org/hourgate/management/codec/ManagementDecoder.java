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

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      if (!decodePrompt(in, out)) {
        decodeLine(in, out);
      }
    } catch (ManagementProtocolException e) {
      broken = true;
      in.skipBytes(in.readableBytes());
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

  private void decodeLine(ByteBuf in, List<Object> out) {
    int start = in.readerIndex();
    int end = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
    int length = (end < 0 ? in.writerIndex() : end) - start;
    if (length > MAX_LINE_BYTES) {
      throw new ManagementProtocolException("a line above " + MAX_LINE_BYTES + " bytes");
    }
    if (end < 0) {
      scanned = length;
      return;
    }
    scanned = 0;
    int text = length > 0 && in.getByte(end - 1) == '\r' ? length - 1 : length;
    String line = in.toString(start, text, StandardCharsets.ISO_8859_1);
    in.readerIndex(end + 1);
    assembler
        .accept(line)
        .ifPresent(
            message -> {
              greeted |= message instanceof ManagementMessage.Notified(Notification.Info _);
              out.add(message);
            });
  }
}
