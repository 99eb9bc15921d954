namespace Inference.Models.Graphs.Int8;

/// <summary>
/// Emits projections in 8 bits for graphs whose other nodes compute in floats: every row is quantised before the product and brought back
/// to floats behind it. This form fits every decoder.
/// </summary>
internal sealed class GeneralLinearEmitter(Int8LinearEmitter linear) : LinearEmitter
{
    public override string Emit(string input, LinearLayer layer) =>
        linear.Dequantize(linear.Emit(linear.Quantize(input, layer), layer), layer);

    public override void EmitHead(string input, DecoderSpec spec) => linear.EmitHead(linear.QuantizeForHead(input), spec);
}
