package org.hourgate.operator;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import java.util.List;

/**
 * A guest's bytes to lines (ISO-8859-1), as OpenVPN takes them: control characters vanish, the line
 * feed ends a line ({@code manage.c command_line_add}). Where OpenVPN loses the head of a line that
 * is too long and runs its tail as a command, this throws {@link TooLongFrameException} once and
 * takes nothing more.
 */
final class GuestLineDecoder extends ByteToMessageDecoder {

  /** OpenVPN's buffer has 1,024 bytes, the line feed among them. */
  static final int MAX_LINE = 1_023;

  private final StringBuilder line = new StringBuilder();
  private boolean broken;

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    while (in.isReadable()) {
      int c = in.readUnsignedByte();
      if (broken) {
        continue;
      }
      if (c == '\n') {
        out.add(line.toString());
        line.setLength(0);
      } else if (c >= ' ' && c != 0x7F) {
        line.append((char) c);
        if (line.length() > MAX_LINE) {
          broken = true;
          throw new TooLongFrameException("a line above " + MAX_LINE + " bytes");
        }
      }
    }
  }
}
